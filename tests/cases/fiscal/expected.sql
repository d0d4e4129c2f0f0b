WITH "customer" AS (
  SELECT
    "id",
    "day",
    "at"
  FROM "customer"
), "customer_tests" AS (
  SELECT
    "customer".*,
    CASE WHEN "day" >= CAST('2026-04-01' AS DATE) THEN TRUE ELSE FALSE END AS "day >= 2026-04-01"
  FROM "customer"
), "orders" AS (
  SELECT
    "id",
    "at"
  FROM "orders"
  WHERE
    "at" < CAST('2026-04-01 17:00:00' AS TIMESTAMP)
), "orders_looked_at" AS (
  SELECT
    *
  FROM "orders"
  WHERE
    "at" >= CAST('2025-03-31 17:00:00' AS TIMESTAMP)
), "orders_by_id" AS (
  SELECT
    "id",
    COUNT(CASE WHEN "at" >= CAST('2026-03-31 17:00:00' AS TIMESTAMP) THEN 1 END) AS "this_quarter",
    COUNT(CASE WHEN "at" < CAST('2026-03-31 17:00:00' AS TIMESTAMP) THEN 1 END) AS "last_year",
    COUNT(
      CASE
        WHEN "at" >= CAST('2025-12-31 17:00:00' AS TIMESTAMP)
        AND "at" < CAST('2026-03-31 17:00:00' AS TIMESTAMP)
        THEN 1
      END
    ) AS "last_quarter"
  FROM "orders_looked_at"
  GROUP BY
    "id"
), "customer_1" AS (
  SELECT
    "customer_tests".*,
    COALESCE("orders_by_id"."this_quarter", 0) AS "this_quarter",
    COALESCE("orders_by_id"."last_year", 0) AS "last_year",
    COALESCE("orders_by_id"."last_quarter", 0) AS "last_quarter",
    CASE
      WHEN "customer_tests"."day >= 2026-04-01"
      AND "customer_tests"."day" < CAST('2027-04-01' AS DATE)
      THEN TRUE
      ELSE FALSE
    END AS "ends_this_year",
    CASE
      WHEN "customer_tests"."day >= 2026-04-01"
      AND "customer_tests"."day" < CAST('2026-07-01' AS DATE)
      THEN TRUE
      ELSE FALSE
    END AS "ends_this_quarter",
    CASE
      WHEN "customer_tests"."day" >= CAST('2026-01-01' AS DATE)
      AND "customer_tests"."day" < CAST('2026-04-01' AS DATE)
      THEN TRUE
      ELSE FALSE
    END AS "ended_last_quarter",
    CASE
      WHEN EXTRACT(year FROM CAST("customer_tests"."day" + INTERVAL '9' MONTH AS DATE)) = 2027
      THEN TRUE
      ELSE FALSE
    END AS "of_2027",
    EXTRACT(year FROM CAST("customer_tests"."day" + INTERVAL '9' MONTH AS DATE)) AS "year_of_day",
    EXTRACT(quarter FROM CAST("customer_tests"."day" + INTERVAL '9' MONTH AS DATE)) AS "quarter_of_day",
    EXTRACT(year FROM CAST(CAST("customer_tests"."at" AT TIME ZONE 'UTC' AT TIME ZONE 'Asia/Bangkok' AS DATE) + INTERVAL '9' MONTH AS DATE)) AS "year_of_time",
    CAST(CAST(DATE_TRUNC('year', CAST("customer_tests"."day" + INTERVAL '9' MONTH AS DATE)) AS DATE) - INTERVAL '9' MONTH AS DATE) AS "start_of_year",
    CAST(CAST(DATE_TRUNC(
      'quarter',
      CAST(CAST("customer_tests"."at" AT TIME ZONE 'UTC' AT TIME ZONE 'Asia/Bangkok' AS DATE) + INTERVAL '9' MONTH AS DATE)
    ) AS DATE) - INTERVAL '9' MONTH AS DATE) AS "start_of_quarter"
  FROM "customer_tests"
  LEFT JOIN "orders_by_id"
    ON "customer_tests"."id" = "orders_by_id"."id"
)
SELECT
  "id",
  "ends_this_year",
  "ends_this_quarter",
  "ended_last_quarter",
  "of_2027",
  "year_of_day",
  "quarter_of_day",
  "year_of_time",
  "start_of_year",
  "start_of_quarter",
  "this_quarter" AS "this_year",
  "last_year",
  "this_quarter",
  "last_quarter"
FROM "customer_1"
