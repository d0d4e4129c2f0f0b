WITH "customer" AS (
  SELECT
    "id",
    "least"
  FROM "customer"
), "orders" AS (
  SELECT
    "id",
    "at",
    "number",
    "amount",
    "channel",
    "product_id"
  FROM "orders"
  WHERE
    "at" < CAST('2026-01-31 17:00:00' AS TIMESTAMP)
), "product" AS (
  SELECT
    "product_id",
    "category"
  FROM "orders.product"
), "orders_with_lookups" AS (
  SELECT
    "orders".*,
    "product"."category" AS "product.category"
  FROM "orders"
  LEFT JOIN "product"
    ON "orders"."product_id" = "product"."product_id"
), "orders_with_lookups_by_id" AS (
  SELECT
    "id",
    MAX("amount") AS "most_spent"
  FROM "orders_with_lookups"
  GROUP BY
    "id"
), "per_channel_by" AS (
  SELECT
    "orders_with_lookups".*,
    "channel" AS "channel_2"
  FROM "orders_with_lookups"
), "per_channel_known" AS (
  SELECT
    *
  FROM "per_channel_by"
  WHERE
    NOT "channel_2" IS NULL
), "per_channel_folded" AS (
  SELECT
    "id",
    "channel_2",
    FIRST("amount" ORDER BY "at" DESC, "number" DESC, "amount" ASC) AS "last 1",
    COUNT(*) AS "count 2"
  FROM "per_channel_known"
  GROUP BY
    "id",
    "channel_2"
), "per_channel_filled" AS (
  SELECT
    "per_channel_folded".*,
    CASE WHEN "count 2" IS NULL THEN 0 ELSE "count 2" END AS "count 2_2"
  FROM "per_channel_folded"
), "per_channel" AS (
  SELECT
    "per_channel_filled".*,
    "last 1" AS "last",
    CAST("count 2_2" AS DECIMAL(37, 0)) * 1.0 AS "share"
  FROM "per_channel_filled"
), "per_channel_rows" AS (
  SELECT
    "id",
    "channel_2",
    "last",
    "share"
  FROM "per_channel"
), "per_channel_rows_by_id" AS (
  SELECT
    "id",
    COUNT(*) AS "channels",
    MAX(CASE WHEN "channel_2" = 'web' THEN "last" END) AS "favourite"
  FROM "per_channel_rows"
  GROUP BY
    "id"
), "customer_1" AS (
  SELECT
    "customer".*,
    "orders_with_lookups_by_id"."most_spent",
    COALESCE("per_channel_rows_by_id"."channels", 0) AS "channels",
    "per_channel_rows_by_id"."favourite"
  FROM "customer"
  LEFT JOIN "orders_with_lookups_by_id"
    ON "customer"."id" = "orders_with_lookups_by_id"."id"
  LEFT JOIN "per_channel_rows_by_id"
    ON "customer"."id" = "per_channel_rows_by_id"."id"
), "orders_with_previous" AS (
  SELECT
    *,
    MIN("at") OVER (
      PARTITION BY "id"
      ORDER BY "at" ASC NULLS FIRST, "number" ASC NULLS FIRST
      GROUPS BETWEEN 1 PRECEDING AND 1 PRECEDING
    ) AS "previous at"
  FROM "orders_with_lookups"
), "orders_with_id" AS (
  SELECT
    "orders_with_previous".*,
    "customer_1"."least",
    "customer_1"."most_spent"
  FROM "orders_with_previous"
  INNER JOIN "customer_1"
    ON "orders_with_previous"."id" = "customer_1"."id"
), "big_picked" AS (
  SELECT
    *
  FROM "orders_with_id"
  WHERE
    "amount" >= "least" AND "amount" < (
      CAST("most_spent" AS DECIMAL(38, 2)) * 2
    )
), "big" AS (
  SELECT
    "big_picked".*,
    "amount" * 0.5 AS "net",
    DATE_DIFF(
      'day',
      CAST("previous at" AT TIME ZONE 'UTC' AT TIME ZONE 'Asia/Bangkok' AS DATE),
      CAST("at" AT TIME ZONE 'UTC' AT TIME ZONE 'Asia/Bangkok' AS DATE)
    ) AS "gap",
    CAST("at" AT TIME ZONE 'UTC' AT TIME ZONE 'Asia/Bangkok' AS DATE) AS "day"
  FROM "big_picked"
), "big_rows" AS (
  SELECT
    "id",
    "at",
    "number",
    "amount",
    "channel",
    "product_id",
    "product.category",
    "net",
    "gap",
    "day"
  FROM "big"
), "days_by" AS (
  SELECT
    "big_rows".*,
    CAST("at" AT TIME ZONE 'UTC' AT TIME ZONE 'Asia/Bangkok' AS DATE) AS "day_2"
  FROM "big_rows"
), "days_known" AS (
  SELECT
    *
  FROM "days_by"
  WHERE
    NOT "day_2" IS NULL
), "days_folded" AS (
  SELECT
    "id",
    "day_2",
    SUM("net") AS "sum 1",
    COUNT(*) AS "count 2",
    BOOL_OR("product.category" = 'shoes') AS "any 3",
    SUM(CASE WHEN "channel" = 'web' THEN "amount" END) AS "sum 4",
    SUM("amount") AS "sum 5"
  FROM "days_known"
  GROUP BY
    "id",
    "day_2"
), "big_sequence_step_1" AS (
  SELECT
    "days_known".*,
    CASE WHEN "channel" = 'web' THEN TRUE ELSE FALSE END AS "step 1",
    CASE WHEN "channel" = 'shop' THEN TRUE ELSE FALSE END AS "step 2",
    0 AS "moment"
  FROM "days_known"
), "big_sequence_picked" AS (
  SELECT
    *
  FROM "big_sequence_step_1"
  WHERE
    "step 1" OR "step 2"
), "big_sequence_start_2" AS (
  SELECT
    *,
    MAX(CASE WHEN "step 1" THEN "moment" END) OVER (
      PARTITION BY "id", "day_2"
      ORDER BY "at" ASC NULLS FIRST, "number" ASC NULLS FIRST
      GROUPS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS "start 2"
  FROM "big_sequence_picked"
), "big_sequence_start_2_by_day_2" AS (
  SELECT
    "id",
    "day_2",
    BOOL_OR(NOT CASE WHEN "step 2" THEN "start 2" END IS NULL) AS "sequence"
  FROM "big_sequence_start_2"
  GROUP BY
    "id",
    "day_2"
), "days_joined" AS (
  SELECT
    "days_folded".*,
    "big_sequence_start_2_by_day_2"."sequence"
  FROM "days_folded"
  LEFT JOIN "big_sequence_start_2_by_day_2"
    ON "days_folded"."id" = "big_sequence_start_2_by_day_2"."id"
    AND "days_folded"."day_2" = "big_sequence_start_2_by_day_2"."day_2"
), "days_filled" AS (
  SELECT
    "days_joined".*,
    CASE WHEN "sum 1" IS NULL THEN 0 ELSE "sum 1" END AS "sum 1_2",
    CASE WHEN "count 2" IS NULL THEN 0 ELSE "count 2" END AS "count 2_2",
    CASE WHEN "any 3" IS NULL THEN FALSE ELSE "any 3" END AS "any 3_2",
    CASE WHEN "sum 4" IS NULL THEN 0 ELSE "sum 4" END AS "sum 4_2",
    CASE WHEN "sum 5" IS NULL THEN 0 ELSE "sum 5" END AS "sum 5_2",
    CASE WHEN "sequence" IS NULL THEN FALSE ELSE "sequence" END AS "sequence_2"
  FROM "days_joined"
), "days_with_id" AS (
  SELECT
    "days_filled".*,
    "customer_1"."most_spent"
  FROM "days_filled"
  INNER JOIN "customer_1"
    ON "days_filled"."id" = "customer_1"."id"
), "days" AS (
  SELECT
    "days_with_id".*,
    "sum 1_2" AS "spent",
    "count 2_2" AS "orders",
    "any 3_2" AS "shoes",
    "sum 4_2" AS "web",
    ROUND(CAST("sum 5_2" AS DOUBLE) * 100) / NULLIF(ROUND(CAST("most_spent" AS DOUBLE) * 100), 0) AS "of_all",
    "sequence_2" AS "in_steps"
  FROM "days_with_id"
), "days_visible" AS (
  SELECT
    *
  FROM "days"
  WHERE
    "day_2" < CAST('2026-02-01' AS DATE)
), "days_rows" AS (
  SELECT
    "id",
    "day_2",
    "spent",
    "orders",
    "shoes",
    "web",
    "of_all",
    "in_steps"
  FROM "days_visible"
), "days_with_previous" AS (
  SELECT
    *,
    MIN("spent") OVER (
      PARTITION BY "id"
      ORDER BY "day_2" ASC NULLS FIRST
      GROUPS BETWEEN 1 PRECEDING AND 1 PRECEDING
    ) AS "previous spent",
    MIN("day_2") OVER (
      PARTITION BY "id"
      ORDER BY "day_2" ASC NULLS FIRST
      GROUPS BETWEEN 1 PRECEDING AND 1 PRECEDING
    ) AS "previous day_2"
  FROM "days_rows"
), "days_with_previous_by_id" AS (
  SELECT
    "id",
    BOOL_OR("spent" > "previous spent") AS "grew",
    COUNT(*) AS "days",
    MAX("spent") AS "best_day",
    FIRST("spent" ORDER BY "day_2" DESC, "spent" ASC) AS "last_day",
    MEDIAN(DATE_DIFF('day', "previous day_2", "day_2")) AS "usual_gap",
    COUNT(CASE WHEN "shoes" THEN 1 END) AS "days_with_shoes",
    SUM("web") AS "web",
    MAX("orders") AS "most_at_once",
    MAX("of_all") AS "best_share",
    COUNT(CASE WHEN "day_2" >= CAST('2026-01-30' AS DATE) THEN 1 END) AS "recent_days",
    COUNT(CASE WHEN "in_steps" THEN 1 END) AS "steps"
  FROM "days_with_previous"
  GROUP BY
    "id"
), "days_streak_picked" AS (
  SELECT
    *
  FROM "days_with_previous"
  WHERE
    NOT "day_2" IS NULL
), "days_streak_number" AS (
  SELECT
    "days_streak_picked".*,
    DATE_DIFF('day', CAST('1970-01-01' AS DATE), "day_2") AS "number"
  FROM "days_streak_picked"
), "days_streak_numbers" AS (
  SELECT
    "id",
    "number"
  FROM "days_streak_number"
  GROUP BY
    "id",
    "number"
), "days_streak_place" AS (
  SELECT
    *,
    ROW_NUMBER() OVER (PARTITION BY "id" ORDER BY "number" ASC NULLS FIRST) AS "place"
  FROM "days_streak_numbers"
), "days_streak_streak" AS (
  SELECT
    "days_streak_place".*,
    "number" - "place" AS "streak"
  FROM "days_streak_place"
), "days_streak_streaks" AS (
  SELECT
    "id",
    "streak",
    COUNT(*) AS "length"
  FROM "days_streak_streak"
  GROUP BY
    "id",
    "streak"
), "days_streak_streaks_by_id" AS (
  SELECT
    "id",
    MAX("length") AS "streak"
  FROM "days_streak_streaks"
  GROUP BY
    "id"
), "big_rows_by_id" AS (
  SELECT
    "id",
    COUNT(*) AS "big",
    SUM("net") AS "all_net",
    MAX("gap") AS "longest_gap"
  FROM "big_rows"
  GROUP BY
    "id"
), "big_shoes_picked" AS (
  SELECT
    *
  FROM "big_rows"
  WHERE
    "product.category" = 'shoes'
), "big_shoes" AS (
  SELECT
    "big_shoes_picked".*,
    "net" + 1 AS "more"
  FROM "big_shoes_picked"
), "big_shoes_rows" AS (
  SELECT
    "id",
    "at",
    "number",
    "amount",
    "channel",
    "product_id",
    "product.category",
    "net",
    "gap",
    "day",
    "more"
  FROM "big_shoes"
), "big_shoes_rows_by_id" AS (
  SELECT
    "id",
    SUM("more") AS "shoe_net"
  FROM "big_shoes_rows"
  GROUP BY
    "id"
), "weeks_by" AS (
  SELECT
    "days_rows".*,
    CAST(DATE_TRUNC('week', "day_2") AS DATE) AS "week"
  FROM "days_rows"
), "weeks_known" AS (
  SELECT
    *
  FROM "weeks_by"
  WHERE
    NOT "week" IS NULL
), "weeks_folded" AS (
  SELECT
    "id",
    "week",
    MAX("spent") AS "max 1",
    COUNT(*) AS "count 2"
  FROM "weeks_known"
  GROUP BY
    "id",
    "week"
), "weeks_filled" AS (
  SELECT
    "weeks_folded".*,
    CASE WHEN "count 2" IS NULL THEN 0 ELSE "count 2" END AS "count 2_2"
  FROM "weeks_folded"
), "weeks" AS (
  SELECT
    "weeks_filled".*,
    "max 1" AS "best",
    "count 2_2" AS "days"
  FROM "weeks_filled"
), "weeks_visible" AS (
  SELECT
    *
  FROM "weeks"
  WHERE
    "week" < CAST('2026-02-01' AS DATE)
), "weeks_rows" AS (
  SELECT
    "id",
    "week",
    "best",
    "days"
  FROM "weeks_visible"
), "weeks_rows_by_id" AS (
  SELECT
    "id",
    MAX("best") AS "best_week",
    COUNT(CASE WHEN "days" > 1 THEN 1 END) AS "weeks"
  FROM "weeks_rows"
  GROUP BY
    "id"
), "customer_2" AS (
  SELECT
    "customer_1".*,
    COALESCE("days_with_previous_by_id"."grew", FALSE) AS "grew",
    COALESCE("days_with_previous_by_id"."days", 0) AS "days",
    "days_with_previous_by_id"."best_day",
    "days_with_previous_by_id"."last_day",
    "days_with_previous_by_id"."usual_gap",
    COALESCE("days_with_previous_by_id"."days_with_shoes", 0) AS "days_with_shoes",
    COALESCE("days_with_previous_by_id"."web", 0) AS "web",
    "days_with_previous_by_id"."most_at_once",
    "days_with_previous_by_id"."best_share",
    COALESCE("days_with_previous_by_id"."recent_days", 0) AS "recent_days",
    COALESCE("days_with_previous_by_id"."steps", 0) AS "steps",
    COALESCE("days_streak_streaks_by_id"."streak", 0) AS "streak",
    COALESCE("big_rows_by_id"."big", 0) AS "big",
    COALESCE("big_rows_by_id"."all_net", 0) AS "all_net",
    "big_rows_by_id"."longest_gap",
    COALESCE("big_shoes_rows_by_id"."shoe_net", 0) AS "shoe_net",
    "weeks_rows_by_id"."best_week",
    COALESCE("weeks_rows_by_id"."weeks", 0) AS "weeks"
  FROM "customer_1"
  LEFT JOIN "days_with_previous_by_id"
    ON "customer_1"."id" = "days_with_previous_by_id"."id"
  LEFT JOIN "days_streak_streaks_by_id"
    ON "customer_1"."id" = "days_streak_streaks_by_id"."id"
  LEFT JOIN "big_rows_by_id"
    ON "customer_1"."id" = "big_rows_by_id"."id"
  LEFT JOIN "big_shoes_rows_by_id"
    ON "customer_1"."id" = "big_shoes_rows_by_id"."id"
  LEFT JOIN "weeks_rows_by_id"
    ON "customer_1"."id" = "weeks_rows_by_id"."id"
)
SELECT
  "id",
  "grew",
  "most_spent",
  "big",
  "all_net",
  "longest_gap",
  "shoe_net",
  "days",
  "best_day",
  "last_day",
  "usual_gap",
  "streak",
  "days_with_shoes",
  "web",
  "most_at_once",
  "best_share",
  "recent_days",
  "steps",
  "best_week",
  "weeks",
  "channels",
  "favourite"
FROM "customer_2"

WITH "payments" AS (
  SELECT
    "id",
    "on",
    "amount"
  FROM "payments"
  WHERE
    "on" < CAST('2026-02-01' AS DATE)
), "paid_picked" AS (
  SELECT
    *
  FROM "payments"
  WHERE
    "amount" > 0
), "paid" AS (
  SELECT
    "paid_picked".*
  FROM "paid_picked"
), "paid_rows" AS (
  SELECT
    "id",
    "amount"
  FROM "paid"
), "payer" AS (
  SELECT DISTINCT
    "id"
  FROM "paid_rows"
  WHERE
    NOT "id" IS NULL
), "paid_rows_by_id" AS (
  SELECT
    "id",
    CAST(SUM("amount") AS BIGINT) AS "paid"
  FROM "paid_rows"
  GROUP BY
    "id"
), "payments_by_id" AS (
  SELECT
    "id",
    COUNT(*) AS "payments"
  FROM "payments"
  GROUP BY
    "id"
), "payer_1" AS (
  SELECT
    "payer".*,
    COALESCE("paid_rows_by_id"."paid", 0) AS "paid",
    COALESCE("payments_by_id"."payments", 0) AS "payments"
  FROM "payer"
  LEFT JOIN "paid_rows_by_id"
    ON "payer"."id" = "paid_rows_by_id"."id"
  LEFT JOIN "payments_by_id"
    ON "payer"."id" = "payments_by_id"."id"
)
SELECT
  "id",
  "paid",
  "payments"
FROM "payer_1"
