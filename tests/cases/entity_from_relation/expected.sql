WITH "orders" AS (
  SELECT
    "customer_id",
    "day"
  FROM "orders"
  WHERE
    "day" < CAST('2026-02-01' AS DATE)
), "customer" AS (
  SELECT DISTINCT
    "customer_id"
  FROM "orders"
  WHERE
    NOT "customer_id" IS NULL
), "orders_by_customer_id" AS (
  SELECT
    "customer_id",
    COUNT(*) AS "count_orders",
    BOOL_OR("day" >= CAST('2026-01-25' AS DATE)) AS "lately",
    NOT BOOL_OR("day" >= CAST('2026-01-25' AS DATE)) IS TRUE AS "not_lately"
  FROM "orders"
  GROUP BY
    "customer_id"
), "customer_1" AS (
  SELECT
    "customer".*,
    COALESCE("orders_by_customer_id"."count_orders", 0) AS "count_orders",
    COALESCE("orders_by_customer_id"."lately", FALSE) AS "lately",
    COALESCE("orders_by_customer_id"."not_lately", TRUE) AS "not_lately",
    STARTS_WITH("customer"."customer_id", 'a') AS "by_key"
  FROM "customer"
  LEFT JOIN "orders_by_customer_id"
    ON "customer"."customer_id" = "orders_by_customer_id"."customer_id"
), "customer_2" AS (
  SELECT
    "customer_1".*,
    "count_orders" >= 0 AS "everyone",
    "count_orders" >= 2 AS "repeat",
    "count_orders" = 1 AS "one"
  FROM "customer_1"
)
SELECT
  "customer_id",
  "everyone",
  "repeat",
  "one",
  "lately",
  "not_lately",
  "by_key"
FROM "customer_2"
