WITH "customer" AS (
  SELECT
    "id",
    "at"
  FROM "customer"
), "orders" AS (
  SELECT
    "id",
    "at"
  FROM "orders"
  WHERE
    "at" < CAST('2026-03-29 22:00:00' AS TIMESTAMP)
), "orders_looked_at" AS (
  SELECT
    *
  FROM "orders"
  WHERE
    "at" >= CAST('2026-03-28 22:00:00' AS TIMESTAMP)
), "orders_by_id" AS (
  SELECT
    "id",
    BOOL_OR("at" >= CAST('2026-03-28 23:00:00' AS TIMESTAMP)) AS "last_day",
    COUNT(*) > 0 AS "last_24_hours"
  FROM "orders_looked_at"
  GROUP BY
    "id"
), "customer_1" AS (
  SELECT
    "customer".*,
    COALESCE("orders_by_id"."last_day", FALSE) AS "last_day",
    COALESCE("orders_by_id"."last_24_hours", FALSE) AS "last_24_hours",
    CASE
      WHEN DATE_DIFF('microsecond', "customer"."at", CAST('2026-03-29 22:00:00' AS TIMESTAMP)) >= 86400000000
      THEN TRUE
      ELSE FALSE
    END AS "day_old",
    CASE
      WHEN DATE_DIFF('microsecond', "customer"."at", CAST('2026-03-29 22:00:00' AS TIMESTAMP)) >= 90000000000
      THEN TRUE
      ELSE FALSE
    END AS "long_day_old",
    CASE
      WHEN DATE_DIFF('microsecond', "customer"."at", CAST('2026-03-29 22:00:00' AS TIMESTAMP)) >= 82800000000
      THEN TRUE
      ELSE FALSE
    END AS "short_day_old",
    CASE
      WHEN DATE_DIFF('microsecond', "customer"."at", CAST('2026-03-29 22:00:00' AS TIMESTAMP)) = 86400000000
      THEN TRUE
      ELSE FALSE
    END AS "a_day_apart",
    CASE
      WHEN "customer"."at" = CAST('2026-10-25 01:30:00' AS TIMESTAMP)
      THEN TRUE
      ELSE FALSE
    END AS "at_the_shown_twice",
    CASE
      WHEN "customer"."at" < CAST('2026-10-25 01:30:00' AS TIMESTAMP)
      THEN TRUE
      ELSE FALSE
    END AS "before_the_shown_twice",
    CAST("customer"."at" AT TIME ZONE 'UTC' AT TIME ZONE 'Europe/Paris' AS DATE) AS "day",
    EXTRACT(hour FROM "customer"."at" AT TIME ZONE 'UTC' AT TIME ZONE 'Europe/Paris') AS "clock",
    CAST((
      (
        (
          "customer"."at" AT TIME ZONE 'UTC' AT TIME ZONE 'Europe/Paris'
        ) + INTERVAL '1' DAY
      ) AT TIME ZONE 'Europe/Paris' AT TIME ZONE 'UTC'
    ) AT TIME ZONE 'UTC' AT TIME ZONE 'Europe/Paris' AS DATE) AS "next_day",
    EXTRACT(hour FROM (
      (
        (
          "customer"."at" AT TIME ZONE 'UTC' AT TIME ZONE 'Europe/Paris'
        ) + INTERVAL '1' DAY
      ) AT TIME ZONE 'Europe/Paris' AT TIME ZONE 'UTC'
    ) AT TIME ZONE 'UTC' AT TIME ZONE 'Europe/Paris') AS "next_clock",
    EXTRACT(hour FROM (
      "customer"."at" + INTERVAL '24' HOUR
    ) AT TIME ZONE 'UTC' AT TIME ZONE 'Europe/Paris') AS "later_clock"
  FROM "customer"
  LEFT JOIN "orders_by_id"
    ON "customer"."id" = "orders_by_id"."id"
)
SELECT
  "id",
  "last_day",
  "last_24_hours",
  "day_old",
  "long_day_old",
  "short_day_old",
  "a_day_apart",
  "at_the_shown_twice",
  "before_the_shown_twice",
  "day",
  "clock",
  "next_day",
  "next_clock",
  "later_clock"
FROM "customer_1"
