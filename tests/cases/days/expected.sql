WITH "customer" AS (
  SELECT
    "id",
    "at",
    "day"
  FROM "customer"
), "customer_tests" AS (
  SELECT
    "customer".*,
    COALESCE("at" < CAST('2026-01-31 17:00:00' AS TIMESTAMP), FALSE) AS "at < 2026-01-31 17:00:00",
    COALESCE("at" >= CAST('2026-01-31 17:00:00' AS TIMESTAMP), FALSE) AS "at >= 2026-01-31 17:00:00",
    COALESCE("at" >= CAST('2026-01-30 17:00:00' AS TIMESTAMP), FALSE) AS "at >= 2026-01-30 17:00:00",
    COALESCE("day" >= CAST('2026-02-01' AS DATE), FALSE) AS "day >= 2026-02-01"
  FROM "customer"
), "customer_1" AS (
  SELECT
    "customer_tests".*,
    "at < 2026-01-31 17:00:00" AS "until",
    "at >= 2026-01-31 17:00:00" AS "over",
    COALESCE("at" < CAST('2026-01-30 17:00:00' AS TIMESTAMP), FALSE) AS "under",
    "at >= 2026-01-30 17:00:00" AS "starting",
    "at >= 2026-01-30 17:00:00" AND "at < 2026-01-31 17:00:00" AS "equal",
    NOT (
      "at >= 2026-01-30 17:00:00" AND "at < 2026-01-31 17:00:00"
    ) AS "unequal",
    "at < 2026-01-31 17:00:00" AS "turned",
    COALESCE(
      CAST("at" AT TIME ZONE 'UTC' AT TIME ZONE 'Asia/Bangkok' AS DATE) IN (CAST('2026-01-31' AS DATE), CAST('2025-01-31' AS DATE)),
      FALSE
    ) AS "among",
    COALESCE(
      "at" >= CAST('2026-01-29 17:00:00' AS TIMESTAMP) AND "at < 2026-01-31 17:00:00",
      FALSE
    ) AS "between_days",
    COALESCE(CAST("at" AT TIME ZONE 'UTC' AT TIME ZONE 'Asia/Bangkok' AS DATE) = "day", FALSE) AS "with_column",
    COALESCE(CAST("at" AT TIME ZONE 'UTC' AT TIME ZONE 'Asia/Bangkok' AS DATE) < "day", FALSE) AS "before_column",
    COALESCE(CAST("at" AT TIME ZONE 'UTC' AT TIME ZONE 'Asia/Bangkok' AS DATE) > "day", FALSE) AS "after_column",
    COALESCE("at" <= CAST('2026-01-30 17:00:00' AS TIMESTAMP), FALSE) AS "instant_until",
    COALESCE("at" > CAST('2026-01-30 17:00:00' AS TIMESTAMP), FALSE) AS "instant_after",
    "at >= 2026-01-30 17:00:00" AND "at < 2026-01-31 17:00:00" AS "recent",
    COALESCE("day" >= CAST('2026-01-31' AS DATE) AND "day" < CAST('2026-02-01' AS DATE), FALSE) AS "recent_day",
    COALESCE(
      "at >= 2026-01-31 17:00:00" AND "at" < CAST('2026-02-01 17:00:00' AS TIMESTAMP),
      FALSE
    ) AS "coming",
    COALESCE("day >= 2026-02-01" AND "day" < CAST('2026-02-02' AS DATE), FALSE) AS "coming_day",
    COALESCE("day >= 2026-02-01" AND "day" < CAST('2026-02-08' AS DATE), FALSE) AS "coming_week",
    COALESCE("day" = CAST('2026-01-31' AS DATE), FALSE) AS "is_today",
    "at >= 2026-01-30 17:00:00" AND "at < 2026-01-31 17:00:00" AS "at_today",
    "at < 2026-01-31 17:00:00" AS "before_now",
    DATE_DIFF(
      'day',
      CAST("at" AT TIME ZONE 'UTC' AT TIME ZONE 'Asia/Bangkok' AS DATE),
      CAST('2026-01-31' AS DATE)
    ) AS "since_at",
    DATE_DIFF('day', "day", CAST('2026-01-31' AS DATE)) AS "since_day",
    DATE_DIFF('day', "day", CAST("at" AT TIME ZONE 'UTC' AT TIME ZONE 'Asia/Bangkok' AS DATE)) AS "days_apart",
    CAST("at" AT TIME ZONE 'UTC' AT TIME ZONE 'Asia/Bangkok' AS DATE) AS "the_day",
    EXTRACT(hour FROM "at" AT TIME ZONE 'UTC' AT TIME ZONE 'Asia/Bangkok') AS "the_hour"
  FROM "customer_tests"
)
SELECT
  "id",
  "until",
  "over",
  "under",
  "starting",
  "equal",
  "unequal",
  "turned",
  "among",
  "between_days",
  "with_column",
  "before_column",
  "after_column",
  "instant_until",
  "instant_after",
  "recent",
  "recent_day",
  "coming",
  "coming_day",
  "coming_week",
  "is_today",
  "at_today",
  "before_now",
  "since_at",
  "since_day",
  "days_apart",
  "the_day",
  "the_hour"
FROM "customer_1"
