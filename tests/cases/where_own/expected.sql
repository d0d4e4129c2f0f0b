WITH "customer" AS (
  SELECT
    "id",
    "home",
    "birthday",
    "status"
  FROM "customer"
), "demographics" AS (
  SELECT
    "id",
    "limit"
  FROM "customer.demographics"
), "customer_with_lookups" AS (
  SELECT
    "customer".*,
    "demographics"."limit" AS "demographics.limit"
  FROM "customer"
  LEFT JOIN "demographics"
    ON "customer"."id" = "demographics"."id"
), "orders" AS (
  SELECT
    "id",
    "at",
    "shop",
    "amount",
    "status"
  FROM "orders"
  WHERE
    "at" < CAST('2026-02-01' AS DATE)
), "orders_with_id" AS (
  SELECT
    "orders".*,
    "customer_with_lookups"."home",
    "customer_with_lookups"."demographics.limit",
    "customer_with_lookups"."birthday",
    "customer_with_lookups"."status" AS "status_2"
  FROM "orders"
  INNER JOIN "customer_with_lookups"
    ON "orders"."id" = "customer_with_lookups"."id"
), "orders_with_id_by_id" AS (
  SELECT
    "id",
    COUNT(*) AS "orders",
    MIN("at") AS "first_order",
    BOOL_OR("shop" = "home") AS "at_home",
    BOOL_AND(COALESCE(NOT (
      "shop" = "home"
    ) IS TRUE, FALSE)) AS "only_away",
    AVG("amount") AS "typical",
    BOOL_OR("amount" > "demographics.limit") AS "over_limit",
    NOT BOOL_OR("amount" > "demographics.limit") IS TRUE AS "not_over_limit",
    BOOL_OR("at" = "birthday") AS "on_birthday",
    BOOL_OR("status" = 'paid' AND "status_2" = 'vip') AS "told_apart",
    BOOL_OR("amount" >= 10) AS "qualified",
    BOOL_OR("id" = 1) AS "by_key"
  FROM "orders_with_id"
  GROUP BY
    "id"
), "customer_with_lookups_1" AS (
  SELECT
    "customer_with_lookups".*,
    COALESCE("orders_with_id_by_id"."orders", 0) AS "orders",
    "orders_with_id_by_id"."first_order",
    COALESCE("orders_with_id_by_id"."at_home", FALSE) AS "at_home",
    COALESCE("orders_with_id_by_id"."only_away", FALSE) AS "only_away",
    "orders_with_id_by_id"."typical",
    COALESCE("orders_with_id_by_id"."over_limit", FALSE) AS "over_limit",
    COALESCE("orders_with_id_by_id"."not_over_limit", TRUE) AS "not_over_limit",
    COALESCE("orders_with_id_by_id"."on_birthday", FALSE) AS "on_birthday",
    COALESCE("orders_with_id_by_id"."told_apart", FALSE) AS "told_apart",
    COALESCE("orders_with_id_by_id"."qualified", FALSE) AS "qualified",
    COALESCE("orders_with_id_by_id"."by_key", FALSE) AS "by_key"
  FROM "customer_with_lookups"
  LEFT JOIN "orders_with_id_by_id"
    ON "customer_with_lookups"."id" = "orders_with_id_by_id"."id"
), "orders_with_id_2" AS (
  SELECT
    "orders".*,
    "customer_with_lookups_1"."first_order",
    "customer_with_lookups_1"."typical"
  FROM "orders"
  INNER JOIN "customer_with_lookups_1"
    ON "orders"."id" = "customer_with_lookups_1"."id"
), "orders_with_id_2_by_id" AS (
  SELECT
    "id",
    BOOL_OR("at" >= (
      "first_order" + 90
    )) AS "after_90_days",
    COUNT(CASE WHEN "at" < (
      "first_order" + 90
    ) THEN 1 END) AS "count_orders",
    BOOL_OR("amount" > "typical") AS "above_typical"
  FROM "orders_with_id_2"
  GROUP BY
    "id"
), "customer_with_lookups_2" AS (
  SELECT
    "customer_with_lookups_1".*,
    COALESCE("orders_with_id_2_by_id"."after_90_days", FALSE) AS "after_90_days",
    COALESCE("orders_with_id_2_by_id"."count_orders", 0) AS "count_orders",
    COALESCE("orders_with_id_2_by_id"."above_typical", FALSE) AS "above_typical",
    CASE WHEN "customer_with_lookups_1"."orders" >= 3 THEN TRUE ELSE FALSE END AS "regular"
  FROM "customer_with_lookups_1"
  LEFT JOIN "orders_with_id_2_by_id"
    ON "customer_with_lookups_1"."id" = "orders_with_id_2_by_id"."id"
), "orders_with_id_3" AS (
  SELECT
    "orders".*,
    "customer_with_lookups_2"."regular"
  FROM "orders"
  INNER JOIN "customer_with_lookups_2"
    ON "orders"."id" = "customer_with_lookups_2"."id"
), "orders_with_id_3_looked_at" AS (
  SELECT
    *
  FROM "orders_with_id_3"
  WHERE
    "amount" >= 5 AND "regular"
), "orders_with_id_3_by_id" AS (
  SELECT
    "id",
    COUNT(*) > 0 AS "regular_spender"
  FROM "orders_with_id_3_looked_at"
  GROUP BY
    "id"
), "customer_with_lookups_3" AS (
  SELECT
    "customer_with_lookups_2".*,
    COALESCE("orders_with_id_3_by_id"."regular_spender", FALSE) AS "regular_spender",
    CASE WHEN "customer_with_lookups_2"."count_orders" >= 2 THEN TRUE ELSE FALSE END AS "within_90_days"
  FROM "customer_with_lookups_2"
  LEFT JOIN "orders_with_id_3_by_id"
    ON "customer_with_lookups_2"."id" = "orders_with_id_3_by_id"."id"
)
SELECT
  "id",
  "regular",
  "after_90_days",
  "within_90_days",
  "at_home",
  "only_away",
  "above_typical",
  "over_limit",
  "not_over_limit",
  "on_birthday",
  "told_apart",
  "qualified",
  "regular_spender",
  "by_key",
  "first_order",
  "typical",
  "orders"
FROM "customer_with_lookups_3"
