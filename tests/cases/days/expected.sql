WITH "customer" AS (
  SELECT
    "id",
    "at",
    "day"
  FROM "customer"
), "customer_tests" AS (
  SELECT
    "customer".*,
    CASE WHEN "at" < CAST('2026-01-31 17:00:00' AS TIMESTAMP) THEN TRUE ELSE FALSE END AS "at < 2026-01-31 17:00:00",
    CASE WHEN "at" >= CAST('2026-01-31 17:00:00' AS TIMESTAMP) THEN TRUE ELSE FALSE END AS "at >= 2026-01-31 17:00:00",
    CASE WHEN "at" >= CAST('2026-01-30 17:00:00' AS TIMESTAMP) THEN TRUE ELSE FALSE END AS "at >= 2026-01-30 17:00:00",
    CASE WHEN "day" >= CAST('2026-02-01' AS DATE) THEN TRUE ELSE FALSE END AS "day >= 2026-02-01"
  FROM "customer"
), "customer_1" AS (
  SELECT
    "customer_tests".*,
    "at < 2026-01-31 17:00:00" AS "until",
    "at >= 2026-01-31 17:00:00" AS "over",
    CASE WHEN "at" < CAST('2026-01-30 17:00:00' AS TIMESTAMP) THEN TRUE ELSE FALSE END AS "under",
    "at >= 2026-01-30 17:00:00" AS "starting",
    "at >= 2026-01-30 17:00:00" AND "at < 2026-01-31 17:00:00" AS "equal",
    NOT (
      "at >= 2026-01-30 17:00:00" AND "at < 2026-01-31 17:00:00"
    ) AS "unequal",
    "at < 2026-01-31 17:00:00" AS "turned",
    CASE
      WHEN CAST("at" AT TIME ZONE 'UTC' AT TIME ZONE 'Asia/Bangkok' AS DATE) IN (CAST('2026-01-31' AS DATE), CAST('2025-01-31' AS DATE))
      THEN TRUE
      ELSE FALSE
    END AS "among",
    CASE
      WHEN "at" >= CAST('2026-01-29 17:00:00' AS TIMESTAMP) AND "at < 2026-01-31 17:00:00"
      THEN TRUE
      ELSE FALSE
    END AS "between_days",
    CASE
      WHEN CAST("at" AT TIME ZONE 'UTC' AT TIME ZONE 'Asia/Bangkok' AS DATE) = "day"
      THEN TRUE
      ELSE FALSE
    END AS "with_column",
    CASE
      WHEN CAST("at" AT TIME ZONE 'UTC' AT TIME ZONE 'Asia/Bangkok' AS DATE) < "day"
      THEN TRUE
      ELSE FALSE
    END AS "before_column",
    CASE
      WHEN CAST("at" AT TIME ZONE 'UTC' AT TIME ZONE 'Asia/Bangkok' AS DATE) > "day"
      THEN TRUE
      ELSE FALSE
    END AS "after_column",
    CASE WHEN "at" <= CAST('2026-01-30 17:00:00' AS TIMESTAMP) THEN TRUE ELSE FALSE END AS "instant_until",
    CASE WHEN "at" > CAST('2026-01-30 17:00:00' AS TIMESTAMP) THEN TRUE ELSE FALSE END AS "instant_after",
    "at >= 2026-01-30 17:00:00" AND "at < 2026-01-31 17:00:00" AS "recent",
    CASE
      WHEN "day" >= CAST('2026-01-31' AS DATE) AND "day" < CAST('2026-02-01' AS DATE)
      THEN TRUE
      ELSE FALSE
    END AS "recent_day",
    CASE
      WHEN "at >= 2026-01-31 17:00:00" AND "at" < CAST('2026-02-01 17:00:00' AS TIMESTAMP)
      THEN TRUE
      ELSE FALSE
    END AS "coming",
    CASE
      WHEN "day >= 2026-02-01" AND "day" < CAST('2026-02-02' AS DATE)
      THEN TRUE
      ELSE FALSE
    END AS "coming_day",
    CASE
      WHEN "day >= 2026-02-01" AND "day" < CAST('2026-02-08' AS DATE)
      THEN TRUE
      ELSE FALSE
    END AS "coming_week",
    CASE WHEN "day" = CAST('2026-01-31' AS DATE) THEN TRUE ELSE FALSE END AS "is_today",
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
