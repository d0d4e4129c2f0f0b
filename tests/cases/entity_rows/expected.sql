WITH "customer" AS (
  SELECT
    "id",
    "plan",
    "valid_from",
    "valid_to"
  FROM "customer"
  WHERE
    (
      "valid_from" IS NULL OR "valid_from" < CAST('2026-02-01 05:00:00' AS TIMESTAMP)
    )
    AND (
      "valid_to" IS NULL OR "valid_to" >= CAST('2026-02-01 05:00:00' AS TIMESTAMP)
    )
), "customer_tests" AS (
  SELECT
    "customer".*,
    CASE WHEN "plan" = 'pro' THEN TRUE ELSE FALSE END AS "plan == pro"
  FROM "customer"
), "orders" AS (
  SELECT
    "id",
    "at"
  FROM "orders"
  WHERE
    "at" < CAST('2026-02-01 05:00:00' AS TIMESTAMP)
), "orders_by_id" AS (
  SELECT
    "id",
    COUNT(*) > 0 AS "buyers"
  FROM "orders"
  GROUP BY
    "id"
), "customer_1" AS (
  SELECT
    "customer_tests".*,
    COALESCE("orders_by_id"."buyers", FALSE) AS "buyers",
    NOT "customer_tests"."id" IS NULL AS "everyone",
    "customer_tests"."plan == pro" AS "pro",
    NOT "customer_tests"."plan == pro" AS "not_pro"
  FROM "customer_tests"
  LEFT JOIN "orders_by_id"
    ON "customer_tests"."id" = "orders_by_id"."id"
)
SELECT
  "id",
  "everyone",
  "pro",
  "not_pro",
  "buyers"
FROM "customer_1"
