WITH "customer" AS (
  SELECT
    "id",
    "spend",
    "country",
    "joined",
    "vip"
  FROM "customer"
), "customer_parts" AS (
  SELECT
    "customer".*,
    CASE WHEN "country" IS NULL THEN TRUE ELSE FALSE END AS "country is missing",
    COALESCE("country", '') AS "country or nothing",
    CASE WHEN "vip" IS NULL THEN TRUE ELSE FALSE END AS "vip is missing",
    COALESCE("vip", FALSE) AS "vip or nothing"
  FROM "customer"
), "orders" AS (
  SELECT
    "id",
    "day"
  FROM "orders"
  WHERE
    "day" < CAST('2026-02-01' AS DATE)
), "orders_by_id" AS (
  SELECT
    "id",
    COUNT(*) AS "orders"
  FROM "orders"
  GROUP BY
    "id"
), "customer_parts_overall" AS (
  SELECT
    MEDIAN(ROUND(CAST("spend" AS DOUBLE) * 100)) / 100 AS "middle",
    COUNT(CASE WHEN NOT "spend" IS NULL THEN 1 END) AS "known_spends",
    COUNT(*) AS "everybody",
    SUM("spend") AS "total",
    COUNT(DISTINCT "country") AS "countries",
    MIN("joined") AS "first_joined",
    ROUND(CAST(SUM("spend" - 10) AS DOUBLE) * 100) / NULLIF(CAST(COUNT("spend" - 10) AS DOUBLE) * 100, 0) AS "mean",
    ROUND(QUANTILE_CONT(ROUND(CAST("spend" AS DOUBLE) * 100), 0.25) * 4) / CAST(400 AS DOUBLE) AS "low",
    MODE("country" ORDER BY "country") AS "home"
  FROM "customer_parts"
), "customer_parts_by_country or nothing" AS (
  SELECT
    "country is missing",
    "country or nothing",
    MEDIAN(ROUND(CAST("spend" AS DOUBLE) * 100)) / 100 AS "middle_of_country",
    MEDIAN(ROUND(CAST(CASE WHEN "vip" THEN "spend" END AS DOUBLE) * 100)) / 100 AS "middle_of_vips"
  FROM "customer_parts"
  GROUP BY
    "country is missing",
    "country or nothing"
), "customer_parts_by_vip or nothing" AS (
  SELECT
    "vip is missing",
    "vip or nothing",
    SUM("spend") AS "total_of_group",
    SQRT(
      CAST(CAST(COUNT("spend") AS DECIMAL(38, 0)) * SUM(
        CAST(CAST(ROUND(CAST("spend" AS DOUBLE) * 100) AS BIGINT) AS DECIMAL(38, 0)) * CAST(CAST(ROUND(CAST("spend" AS DOUBLE) * 100) AS BIGINT) AS DECIMAL(38, 0))
      ) - SUM(CAST(CAST(ROUND(CAST("spend" AS DOUBLE) * 100) AS BIGINT) AS DECIMAL(38, 0))) * SUM(CAST(CAST(ROUND(CAST("spend" AS DOUBLE) * 100) AS BIGINT) AS DECIMAL(38, 0))) AS DOUBLE) / NULLIF(CAST(COUNT("spend") * (
        COUNT("spend") - 1
      ) AS DOUBLE), 0)
    ) / CAST(100 AS DOUBLE) AS "overall_stddev_spend"
  FROM "customer_parts"
  GROUP BY
    "vip is missing",
    "vip or nothing"
), "customer_1" AS (
  SELECT
    "customer_parts".*,
    COALESCE("orders_by_id"."orders", 0) AS "orders",
    "customer_parts_overall"."middle",
    COALESCE("customer_parts_overall"."known_spends", 0) AS "known_spends",
    COALESCE("customer_parts_overall"."everybody", 0) AS "everybody",
    COALESCE("customer_parts_overall"."total", 0) AS "total",
    COALESCE("customer_parts_overall"."countries", 0) AS "countries",
    "customer_parts_overall"."first_joined",
    "customer_parts_overall"."mean",
    "customer_parts_overall"."low",
    "customer_parts_overall"."home",
    "customer_parts_by_country or nothing"."middle_of_country",
    "customer_parts_by_country or nothing"."middle_of_vips",
    COALESCE("customer_parts_by_vip or nothing"."total_of_group", 0) AS "total_of_group",
    "customer_parts_by_vip or nothing"."overall_stddev_spend"
  FROM "customer_parts"
  LEFT JOIN "orders_by_id"
    ON "customer_parts"."id" = "orders_by_id"."id"
  LEFT JOIN "customer_parts_overall"
    ON TRUE
  LEFT JOIN "customer_parts_by_country or nothing"
    ON "customer_parts"."country is missing" = "customer_parts_by_country or nothing"."country is missing"
    AND "customer_parts"."country or nothing" = "customer_parts_by_country or nothing"."country or nothing"
  LEFT JOIN "customer_parts_by_vip or nothing"
    ON "customer_parts"."vip is missing" = "customer_parts_by_vip or nothing"."vip is missing"
    AND "customer_parts"."vip or nothing" = "customer_parts_by_vip or nothing"."vip or nothing"
), "customer_1_overall" AS (
  SELECT
    ROUND(CAST(SUM(CASE WHEN "spend" < "middle" THEN "spend" END) AS DOUBLE) * 100) / NULLIF(CAST(COUNT(CASE WHEN "spend" < "middle" THEN "spend" END) AS DOUBLE) * 100, 0) AS "overall_avg_spend",
    COUNT(CASE WHEN "orders" > 0 THEN 1 END) AS "buyers",
    MAX("orders") AS "most"
  FROM "customer_1"
), "customer_2" AS (
  SELECT
    "customer_1".*,
    "customer_1_overall"."overall_avg_spend",
    COALESCE("customer_1_overall"."buyers", 0) AS "buyers",
    "customer_1_overall"."most",
    CASE WHEN "customer_1"."spend" > "customer_1"."middle" THEN TRUE ELSE FALSE END AS "above",
    CASE
      WHEN "customer_1"."spend" > "customer_1"."middle_of_country"
      THEN TRUE
      ELSE FALSE
    END AS "above_in_country",
    SIGN("customer_1"."overall_stddev_spend" * 100) * FLOOR(ABS("customer_1"."overall_stddev_spend" * 100) + 0.49999999999999994) / CAST(100 AS DOUBLE) AS "spread",
    CAST("customer_1"."total" AS DECIMAL(38, 4)) % NULLIF(CAST(0.0007 AS DECIMAL(38, 4)), 0) AS "rest",
    ROUND(CAST("customer_1"."spend" AS DOUBLE) * 100) / NULLIF(ROUND(CAST("customer_1"."total" AS DOUBLE) * 100), 0) AS "share_of_total"
  FROM "customer_1"
  LEFT JOIN "customer_1_overall"
    ON TRUE
), "customer_3" AS (
  SELECT
    "customer_2".*,
    "spend" - "overall_avg_spend" AS "above_by"
  FROM "customer_2"
)
SELECT
  "id",
  "above",
  "above_in_country",
  "orders",
  "middle",
  "middle_of_country",
  "middle_of_vips",
  "known_spends",
  "buyers",
  "most",
  "everybody",
  "total",
  "total_of_group",
  "countries",
  "first_joined",
  "mean",
  "low",
  "spread",
  "rest",
  "home",
  "share_of_total",
  "above_by"
FROM "customer_3"
