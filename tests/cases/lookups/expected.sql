WITH "customer" AS (
  SELECT
    "id",
    "region_id"
  FROM "customer"
), "demographics" AS (
  SELECT
    "id",
    "income"
  FROM "customer.demographics"
), "region" AS (
  SELECT
    "code",
    "title",
    "country_id"
  FROM "customer.region"
), "tier" AS (
  SELECT
    "id",
    "name",
    "since",
    "until"
  FROM "customer.tier"
  WHERE
    (
      "since" IS NULL OR "since" < CAST('2026-02-01' AS DATE)
    )
    AND (
      "until" IS NULL OR "until" >= CAST('2026-02-01' AS DATE)
    )
), "region_country" AS (
  SELECT
    "country_id",
    "title"
  FROM "customer.region.country"
), "customer_with_lookups" AS (
  SELECT
    "customer".*,
    "demographics"."income" AS "demographics.income",
    "region"."country_id" AS "region.country_id",
    "region"."title" AS "region.title",
    "tier"."name" AS "tier.name",
    "region_country"."title" AS "region.country.title"
  FROM "customer"
  LEFT JOIN "demographics"
    ON "customer"."id" = "demographics"."id"
  LEFT JOIN "region"
    ON "customer"."region_id" = "region"."code"
  LEFT JOIN "tier"
    ON "customer"."id" = "tier"."id"
  LEFT JOIN "region_country"
    ON "region"."country_id" = "region_country"."country_id"
), "customer_with_lookups_tests" AS (
  SELECT
    "customer_with_lookups".*,
    CASE WHEN "demographics.income" >= 100 THEN TRUE ELSE FALSE END AS "demographics.income >= 100",
    CASE WHEN "region.country.title" = 'Thailand' THEN TRUE ELSE FALSE END AS "region.country.title == Thailand"
  FROM "customer_with_lookups"
), "orders" AS (
  SELECT
    "id",
    "day",
    "product_id",
    "amount"
  FROM "orders"
  WHERE
    "day" < CAST('2026-02-01' AS DATE)
), "product" AS (
  SELECT
    "product_id",
    "category",
    "maker_id"
  FROM "orders.product"
), "product_maker" AS (
  SELECT
    "maker_id",
    "home"
  FROM "orders.product.maker"
), "orders_with_lookups" AS (
  SELECT
    "orders".*,
    "product"."category" AS "product.category",
    "product"."maker_id" AS "product.maker_id",
    "product_maker"."home" AS "product.maker.home"
  FROM "orders"
  LEFT JOIN "product"
    ON "orders"."product_id" = "product"."product_id"
  LEFT JOIN "product_maker"
    ON "product"."maker_id" = "product_maker"."maker_id"
), "orders_with_lookups_by_id" AS (
  SELECT
    "id",
    BOOL_OR("product.maker.home" = 'TH') AS "bought_thai",
    BOOL_OR("product.maker.home" IS DISTINCT FROM 'TH') AS "bought_other",
    BOOL_AND(COALESCE("product.category" = 'shoes', FALSE)) AS "every_shoe",
    COUNT(DISTINCT "product.maker.home") AS "homes",
    CAST(SUM(CASE WHEN "product.category" = 'shoes' THEN "amount" END) AS BIGINT) AS "shoes"
  FROM "orders_with_lookups"
  GROUP BY
    "id"
), "customer_with_lookups_1" AS (
  SELECT
    "customer_with_lookups_tests".*,
    COALESCE("orders_with_lookups_by_id"."bought_thai", FALSE) AS "bought_thai",
    COALESCE("orders_with_lookups_by_id"."bought_other", FALSE) AS "bought_other",
    COALESCE("orders_with_lookups_by_id"."every_shoe", FALSE) AS "every_shoe",
    COALESCE("orders_with_lookups_by_id"."homes", 0) AS "homes",
    COALESCE("orders_with_lookups_by_id"."shoes", 0) AS "shoes",
    "customer_with_lookups_tests"."demographics.income >= 100" AS "rich",
    NOT "customer_with_lookups_tests"."demographics.income >= 100" AS "not_rich",
    CASE
      WHEN "customer_with_lookups_tests"."demographics.income" IS NULL
      THEN TRUE
      ELSE FALSE
    END AS "unknown_income",
    "customer_with_lookups_tests"."region.country.title == Thailand" AS "thai",
    NOT "customer_with_lookups_tests"."region.country.title == Thailand" AS "not_thai",
    CASE
      WHEN "customer_with_lookups_tests"."region.title" = "customer_with_lookups_tests"."region.country.title"
      THEN TRUE
      ELSE FALSE
    END AS "same_title",
    CASE
      WHEN "customer_with_lookups_tests"."tier.name" = 'gold'
      THEN TRUE
      ELSE FALSE
    END AS "gold",
    "customer_with_lookups_tests"."demographics.income" AS "income",
    "customer_with_lookups_tests"."region.country.title" AS "country",
    "customer_with_lookups_tests"."tier.name" AS "tier_name"
  FROM "customer_with_lookups_tests"
  LEFT JOIN "orders_with_lookups_by_id"
    ON "customer_with_lookups_tests"."id" = "orders_with_lookups_by_id"."id"
)
SELECT
  "id",
  "rich",
  "not_rich",
  "unknown_income",
  "thai",
  "not_thai",
  "same_title",
  "bought_thai",
  "bought_other",
  "every_shoe",
  "gold",
  "income",
  "country",
  "homes",
  "shoes",
  "tier_name"
FROM "customer_with_lookups_1"
