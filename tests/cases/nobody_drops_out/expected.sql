WITH "customer" AS (
  SELECT
    "id"
  FROM "customer"
), "orders" AS (
  SELECT
    "id",
    "day",
    "amount",
    "channel",
    "paid"
  FROM "orders"
  WHERE
    "day" < CAST('2026-02-01' AS DATE)
), "orders_by_id" AS (
  SELECT
    "id",
    COUNT(CASE WHEN "channel" = 'web' THEN 1 END) AS "count_orders",
    COUNT(*) > 0 AS "buyers",
    NOT COUNT(*) > 0 IS TRUE AS "strangers",
    BOOL_OR("channel" = 'web') AS "any_web",
    NOT BOOL_OR("channel" = 'web') IS TRUE AS "none_web",
    BOOL_AND(COALESCE("channel" = 'web', FALSE)) AS "every_web",
    BOOL_AND(COALESCE("channel" = 'web', FALSE)) FILTER(WHERE
      "day" >= CAST('2026-01-25' AS DATE)) AS "every_web_lately",
    BOOL_OR(NOT "paid" IS TRUE) AS "any_unpaid",
    BOOL_AND(COALESCE("paid", FALSE)) AS "every_paid",
    MAX("amount") AS "most_amount",
    MAX("day") AS "max_day",
    SUM("amount") AS "spend",
    ROUND(CAST(SUM("amount") AS DOUBLE) * 100) / NULLIF(CAST(COUNT("amount") AS DOUBLE) * 100, 0) AS "mean_amount",
    COUNT(*) AS "orders",
    COUNT(DISTINCT "channel") AS "channels",
    MIN("amount") AS "least_amount",
    MEDIAN(ROUND(CAST("amount" AS DOUBLE) * 100)) / 100 AS "median_amount",
    FIRST("channel" ORDER BY "day" ASC NULLS FIRST, "channel" ASC) AS "first_channel",
    FIRST("channel" ORDER BY "day" DESC, "channel" ASC) AS "last_channel",
    COUNT(CASE WHEN NOT "amount" IS NULL THEN 1 END) AS "amounts"
  FROM "orders"
  GROUP BY
    "id"
), "customer_1" AS (
  SELECT
    "customer".*,
    COALESCE("orders_by_id"."count_orders", 0) AS "count_orders",
    COALESCE("orders_by_id"."buyers", FALSE) AS "buyers",
    COALESCE("orders_by_id"."strangers", TRUE) AS "strangers",
    COALESCE("orders_by_id"."any_web", FALSE) AS "any_web",
    COALESCE("orders_by_id"."none_web", TRUE) AS "none_web",
    COALESCE("orders_by_id"."every_web", FALSE) AS "every_web",
    COALESCE("orders_by_id"."every_web_lately", FALSE) AS "every_web_lately",
    COALESCE("orders_by_id"."any_unpaid", FALSE) AS "any_unpaid",
    COALESCE("orders_by_id"."every_paid", FALSE) AS "every_paid",
    "orders_by_id"."most_amount",
    "orders_by_id"."max_day",
    COALESCE("orders_by_id"."spend", 0) AS "spend",
    "orders_by_id"."mean_amount",
    COALESCE("orders_by_id"."orders", 0) AS "orders",
    COALESCE("orders_by_id"."channels", 0) AS "channels",
    "orders_by_id"."least_amount",
    "orders_by_id"."median_amount",
    "orders_by_id"."first_channel",
    "orders_by_id"."last_channel",
    COALESCE("orders_by_id"."amounts", 0) AS "amounts"
  FROM "customer"
  LEFT JOIN "orders_by_id"
    ON "customer"."id" = "orders_by_id"."id"
), "customer_2" AS (
  SELECT
    "customer_1".*,
    CASE WHEN "count_orders" <= 2 THEN TRUE ELSE FALSE END AS "at_most_two_web",
    CASE WHEN "count_orders" = 0 THEN TRUE ELSE FALSE END AS "no_web",
    NOT (
      "most_amount" > 10
    ) IS TRUE AS "not_big",
    CASE
      WHEN DATE_DIFF('day', "max_day", CAST('2026-01-31' AS DATE)) > 20 OR "max_day" IS NULL
      THEN TRUE
      ELSE FALSE
    END AS "never_or_long_ago",
    CASE WHEN "spend" < 5 THEN TRUE ELSE FALSE END AS "small_spend",
    NOT (
      "mean_amount" < 5
    ) IS TRUE AS "not_small_mean"
  FROM "customer_1"
)
SELECT
  "id",
  "at_most_two_web",
  "no_web",
  "buyers",
  "strangers",
  "any_web",
  "none_web",
  "every_web",
  "every_web_lately",
  "any_unpaid",
  "every_paid",
  "not_big",
  "never_or_long_ago",
  "small_spend",
  "not_small_mean",
  "orders",
  "spend",
  "channels",
  "least_amount",
  "most_amount",
  "mean_amount",
  "median_amount",
  "first_channel",
  "last_channel",
  "amounts"
FROM "customer_2"
