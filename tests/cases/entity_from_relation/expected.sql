WITH "orders" AS (
  SELECT
    "customer_id",
    "day",
    "amount"
  FROM "orders"
  WHERE
    "day" < CAST('2026-02-01' AS DATE)
), "customer" AS (
  SELECT DISTINCT
    "customer_id"
  FROM "orders"
  WHERE
    NOT "customer_id" IS NULL
), "demographics" AS (
  SELECT
    "customer_id",
    "rooms",
    "region_id"
  FROM "customer.demographics"
), "demographics_region" AS (
  SELECT
    "region_id",
    "title"
  FROM "customer.demographics.region"
), "customer_with_lookups" AS (
  SELECT
    "customer".*,
    "demographics"."region_id" AS "demographics.region_id",
    "demographics"."rooms" AS "demographics.rooms",
    "demographics_region"."title" AS "demographics.region.title"
  FROM "customer"
  LEFT JOIN "demographics"
    ON "customer"."customer_id" = "demographics"."customer_id"
  LEFT JOIN "demographics_region"
    ON "demographics"."region_id" = "demographics_region"."region_id"
), "customer_with_lookups_tests" AS (
  SELECT
    "customer_with_lookups".*,
    CASE WHEN "demographics.rooms" >= 4 THEN TRUE ELSE FALSE END AS "demographics.rooms >= 4"
  FROM "customer_with_lookups"
), "orders_with_customer_id" AS (
  SELECT
    "orders".*,
    "customer_with_lookups"."demographics.rooms"
  FROM "orders"
  INNER JOIN "customer_with_lookups"
    ON "orders"."customer_id" = "customer_with_lookups"."customer_id"
), "orders_with_customer_id_by_customer_id" AS (
  SELECT
    "customer_id",
    COUNT(*) AS "count_orders",
    BOOL_OR("day" >= CAST('2026-01-25' AS DATE)) AS "lately",
    NOT BOOL_OR("day" >= CAST('2026-01-25' AS DATE)) IS TRUE AS "not_lately",
    BOOL_OR("amount" < "demographics.rooms") AS "in_room_orders"
  FROM "orders_with_customer_id"
  GROUP BY
    "customer_id"
), "customer_with_lookups_1" AS (
  SELECT
    "customer_with_lookups_tests".*,
    COALESCE("orders_with_customer_id_by_customer_id"."count_orders", 0) AS "count_orders",
    COALESCE("orders_with_customer_id_by_customer_id"."lately", FALSE) AS "lately",
    COALESCE("orders_with_customer_id_by_customer_id"."not_lately", TRUE) AS "not_lately",
    COALESCE("orders_with_customer_id_by_customer_id"."in_room_orders", FALSE) AS "in_room_orders",
    CASE
      WHEN STARTS_WITH("customer_with_lookups_tests"."customer_id", 'a')
      THEN TRUE
      ELSE FALSE
    END AS "by_key",
    "customer_with_lookups_tests"."demographics.rooms >= 4" AS "large",
    NOT "customer_with_lookups_tests"."demographics.rooms >= 4" AS "not_large",
    CASE
      WHEN "customer_with_lookups_tests"."demographics.region.title" = 'north'
      THEN TRUE
      ELSE FALSE
    END AS "northern"
  FROM "customer_with_lookups_tests"
  LEFT JOIN "orders_with_customer_id_by_customer_id"
    ON "customer_with_lookups_tests"."customer_id" = "orders_with_customer_id_by_customer_id"."customer_id"
), "customer_with_lookups_2" AS (
  SELECT
    "customer_with_lookups_1".*,
    CASE WHEN "count_orders" >= 0 THEN TRUE ELSE FALSE END AS "everyone",
    CASE WHEN "count_orders" >= 2 THEN TRUE ELSE FALSE END AS "repeat",
    CASE WHEN "count_orders" = 1 THEN TRUE ELSE FALSE END AS "one"
  FROM "customer_with_lookups_1"
)
SELECT
  "customer_id",
  "everyone",
  "repeat",
  "one",
  "lately",
  "not_lately",
  "by_key",
  "large",
  "not_large",
  "northern",
  "in_room_orders"
FROM "customer_with_lookups_2"
