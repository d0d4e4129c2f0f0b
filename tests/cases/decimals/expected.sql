WITH "customer" AS (
  SELECT
    "id",
    "a",
    "b",
    "n",
    "i"
  FROM "customer"
), "orders" AS (
  SELECT
    "id",
    "day",
    "amount",
    "pieces"
  FROM "orders"
  WHERE
    "day" < CAST('2026-02-01' AS DATE)
), "orders_by_id" AS (
  SELECT
    "id",
    ROUND(CAST(SUM("amount") AS DOUBLE) * 100) / NULLIF(CAST(COUNT("amount") AS DOUBLE) * 100, 0) AS "mean",
    SUM("amount") AS "total",
    MEDIAN(ROUND(CAST("amount" AS DOUBLE) * 100)) / 100 AS "middle",
    CAST(SUM("pieces") AS BIGINT) AS "pieces",
    MEDIAN("pieces") AS "middle_pieces",
    SUM(CAST("amount" AS DECIMAL(38, 2)) * "pieces") AS "revenue"
  FROM "orders"
  GROUP BY
    "id"
), "customer_1" AS (
  SELECT
    "customer".*,
    "orders_by_id"."mean",
    COALESCE("orders_by_id"."total", 0) AS "total",
    "orders_by_id"."middle",
    COALESCE("orders_by_id"."pieces", 0) AS "pieces",
    "orders_by_id"."middle_pieces",
    COALESCE("orders_by_id"."revenue", 0) AS "revenue",
    CASE
      WHEN (
        ROUND(CAST("customer"."a" AS DOUBLE) * 10000) / NULLIF(ROUND(CAST("customer"."b" AS DOUBLE) * 10000), 0)
      ) = 0.07
      THEN TRUE
      ELSE FALSE
    END AS "exact_share",
    CASE
      WHEN (
        ROUND(CAST("customer"."a" AS DOUBLE) * 10000) / NULLIF(ROUND(CAST("customer"."b" AS DOUBLE) * 10000), 0)
      ) = 0.01
      THEN TRUE
      ELSE FALSE
    END AS "cent_each",
    CASE WHEN (
      "customer"."a" + "customer"."b"
    ) = 0.3 THEN TRUE ELSE FALSE END AS "a_plus_b",
    CASE WHEN "customer"."a" = 0.10 THEN TRUE ELSE FALSE END AS "a_is_ten_percent",
    CASE WHEN "customer"."a" > "customer"."b" THEN TRUE ELSE FALSE END AS "a_over_b",
    CASE
      WHEN (
        CAST("customer"."i" AS DOUBLE) / NULLIF(CAST(0 AS DOUBLE), 0)
      ) IS NULL
      THEN TRUE
      ELSE FALSE
    END AS "by_zero",
    CASE WHEN (
      "customer"."i" % NULLIF(0, 0)
    ) IS NULL THEN TRUE ELSE FALSE END AS "modulo_zero",
    CASE WHEN "customer"."a" IN (0.1, 0.25) THEN TRUE ELSE FALSE END AS "a_in",
    CASE WHEN "customer"."a" >= 0.1 AND "customer"."a" <= 0.2 THEN TRUE ELSE FALSE END AS "a_between",
    CASE WHEN "customer"."n" = 0.1 THEN TRUE ELSE FALSE END AS "n_is_decimal",
    CASE WHEN "customer"."i" = 3.0 THEN TRUE ELSE FALSE END AS "i_is_decimal",
    CASE WHEN "customer"."i" > 2.5 THEN TRUE ELSE FALSE END AS "i_over",
    CASE
      WHEN (
        ROUND(CAST("customer"."a" AS DOUBLE) * 10000) / NULLIF(ROUND(CAST("customer"."b" AS DOUBLE) * 10000), 0)
      ) >= 0.1
      THEN TRUE
      ELSE FALSE
    END AS "share",
    CAST("customer"."i" AS DOUBLE) / NULLIF(CAST(3 AS DOUBLE), 0) AS "ratio",
    CAST("customer"."a" AS DECIMAL(36, 2)) * "customer"."a" AS "product",
    CAST(ROUND("customer"."a") AS BIGINT) AS "rounded",
    CAST(ROUND("customer"."a", 1) AS DECIMAL(12, 1)) AS "rounded_once",
    COALESCE(
      CAST(CAST(ROUND("customer"."b", 1) AS DECIMAL(38, 1)) AS DECIMAL(38, 2)),
      CAST(9.99 AS DECIMAL(38, 2))
    ) AS "rounded_or",
    CASE
      WHEN "customer"."i" > 0
      THEN CAST(CAST(ROUND("customer"."b", 1) AS DECIMAL(38, 1)) AS DECIMAL(38, 2))
      ELSE CAST(9.99 AS DECIMAL(38, 2))
    END AS "rounded_if",
    LEAST(
      CAST(CAST(ROUND("customer"."b", 1) AS DECIMAL(38, 1)) AS DECIMAL(38, 2)),
      CAST(1.25 AS DECIMAL(38, 2))
    ) AS "rounded_least",
    CAST(FLOOR("customer"."a") AS BIGINT) AS "low",
    CAST(CEIL("customer"."a") AS BIGINT) AS "high",
    "customer"."i" % NULLIF(3, 0) AS "rest",
    "customer"."a" % NULLIF(1, 0) AS "rest_of_decimal",
    SIGN("customer"."n") * FLOOR(ABS("customer"."n") + 0.49999999999999994) AS "rounded_number",
    FLOOR("customer"."n") AS "low_number",
    CEIL("customer"."n") AS "high_number"
  FROM "customer"
  LEFT JOIN "orders_by_id"
    ON "customer"."id" = "orders_by_id"."id"
), "customer_2" AS (
  SELECT
    "customer_1".*,
    CASE WHEN "mean" = 1.1 THEN TRUE ELSE FALSE END AS "mean_is",
    CASE WHEN "mean" >= 0.19 THEN TRUE ELSE FALSE END AS "mean_reaches",
    CASE WHEN "total" = 0.3 THEN TRUE ELSE FALSE END AS "total_is_0_3",
    CASE WHEN "total" > 0.3 THEN TRUE ELSE FALSE END AS "total_over_0_3",
    CASE WHEN "mean" >= 0.2 THEN TRUE ELSE FALSE END AS "mean_at_least_0_2",
    CASE WHEN "mean" > 0.2 THEN TRUE ELSE FALSE END AS "mean_over_0_2",
    CASE WHEN "middle" >= 0.2 THEN TRUE ELSE FALSE END AS "middle_at_least_0_2"
  FROM "customer_1"
)
SELECT
  "id",
  "exact_share",
  "mean_is",
  "mean_reaches",
  "cent_each",
  "total_is_0_3",
  "total_over_0_3",
  "mean_at_least_0_2",
  "mean_over_0_2",
  "middle_at_least_0_2",
  "a_plus_b",
  "a_is_ten_percent",
  "a_over_b",
  "by_zero",
  "modulo_zero",
  "a_in",
  "a_between",
  "n_is_decimal",
  "i_is_decimal",
  "i_over",
  "share",
  "total",
  "mean",
  "middle",
  "pieces",
  "middle_pieces",
  "revenue",
  "ratio",
  "product",
  "rounded",
  "rounded_once",
  "rounded_or",
  "rounded_if",
  "rounded_least",
  "low",
  "high",
  "rest",
  "rest_of_decimal",
  "rounded_number",
  "low_number",
  "high_number"
FROM "customer_2"
