WITH "customer_2" AS (
  SELECT
    "id",
    "joined",
    "country"
  FROM "customer"
  WHERE
    "joined" IS NULL OR "joined" < CAST('2026-01-02' AS DATE)
), "customer_3" AS (
  SELECT
    "id",
    "joined"
  FROM "customer"
  WHERE
    "joined" IS NULL OR "joined" < CAST('2025-12-03' AS DATE)
), "customer_4" AS (
  SELECT
    "id",
    "joined"
  FROM "customer"
  WHERE
    "joined" IS NULL OR "joined" < CAST('2026-01-01' AS DATE)
), "customer_5" AS (
  SELECT
    "id",
    "joined"
  FROM "customer"
  WHERE
    "joined" IS NULL OR "joined" < CAST('2026-01-02' AS DATE)
), "customer_6" AS (
  SELECT
    "id",
    "joined"
  FROM "customer"
  WHERE
    "joined" IS NULL OR "joined" < CAST('2026-02-01' AS DATE)
), "customer" AS (
  SELECT
    "id",
    "joined",
    "country"
  FROM "customer"
  WHERE
    "joined" IS NULL OR "joined" < CAST('2026-02-01' AS DATE)
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
), "customer_with_lookups" AS (
  SELECT
    "customer".*,
    "tier"."name" AS "tier.name"
  FROM "customer"
  LEFT JOIN "tier"
    ON "customer"."id" = "tier"."id"
), "orders_2" AS (
  SELECT
    "id",
    "at",
    "amount"
  FROM "orders"
  WHERE
    "at" < CAST('2026-01-01 17:00:00' AS TIMESTAMP)
), "orders_3" AS (
  SELECT
    "id",
    "at",
    "amount"
  FROM "orders"
  WHERE
    "at" < CAST('2025-12-31 17:00:00' AS TIMESTAMP)
), "orders_4" AS (
  SELECT
    "id",
    "at",
    "amount"
  FROM "orders"
  WHERE
    "at" < CAST('2026-01-01 05:00:00' AS TIMESTAMP)
), "orders_5" AS (
  SELECT
    "id",
    "at",
    "amount"
  FROM "orders"
  WHERE
    "at" < CAST('2026-01-31 17:00:00' AS TIMESTAMP)
), "orders_6" AS (
  SELECT
    "id",
    "at",
    "amount"
  FROM "orders"
  WHERE
    "at" < CAST('2026-01-31 17:00:00' AS TIMESTAMP)
), "orders" AS (
  SELECT
    "id",
    "at",
    "amount"
  FROM "orders"
  WHERE
    "at" < CAST('2025-12-02 17:00:00' AS TIMESTAMP)
), "orders_by_id" AS (
  SELECT
    "id",
    CAST(SUM("amount") AS BIGINT) AS "spend"
  FROM "orders"
  GROUP BY
    "id"
), "customer_3_1" AS (
  SELECT
    "customer_3".*,
    COALESCE("orders_by_id"."spend", 0) AS "spend"
  FROM "customer_3"
  LEFT JOIN "orders_by_id"
    ON "customer_3"."id" = "orders_by_id"."id"
), "customer_3_2" AS (
  SELECT
    "customer_3_1".*,
    CASE WHEN "spend" >= 100 THEN TRUE ELSE FALSE END AS "vip"
  FROM "customer_3_1"
), "customer_2_with_past" AS (
  SELECT
    "customer_2".*,
    COALESCE("customer_3_2"."vip", FALSE) AS "was vip",
    "customer_3_2"."spend" AS "was spend"
  FROM "customer_2"
  LEFT JOIN "customer_3_2"
    ON "customer_2"."id" = "customer_3_2"."id"
), "orders_2_by_id" AS (
  SELECT
    "id",
    CAST(SUM("amount") AS BIGINT) AS "spend",
    COUNT(CASE WHEN "at" >= CAST('2025-12-22 17:00:00' AS TIMESTAMP) THEN 1 END) AS "recent"
  FROM "orders_2"
  GROUP BY
    "id"
), "customer_2_with_past_1" AS (
  SELECT
    "customer_2_with_past".*,
    COALESCE("orders_2_by_id"."spend", 0) AS "spend",
    COALESCE("orders_2_by_id"."recent", 0) AS "recent",
    "customer_2_with_past"."was vip" AS "was_vip",
    "customer_2_with_past"."country" AS "home",
    "customer_2_with_past"."was spend" AS "spend_then"
  FROM "customer_2_with_past"
  LEFT JOIN "orders_2_by_id"
    ON "customer_2_with_past"."id" = "orders_2_by_id"."id"
), "customer_2_with_past_2" AS (
  SELECT
    "customer_2_with_past_1".*,
    CASE WHEN "spend" >= 100 THEN TRUE ELSE FALSE END AS "vip",
    CASE
      WHEN "recent" > 0
      THEN 'active'
      WHEN "joined" >= CAST('2025-12-01' AS DATE)
      THEN 'fresh'
    END AS "lifecycle"
  FROM "customer_2_with_past_1"
), "customer_2_with_past_3" AS (
  SELECT
    "customer_2_with_past_2".*,
    CASE WHEN "lifecycle" = 'active' THEN TRUE ELSE FALSE END AS "lifecycle.active"
  FROM "customer_2_with_past_2"
), "tier_2" AS (
  SELECT
    "id",
    "name",
    "since",
    "until"
  FROM "customer.tier"
  WHERE
    (
      "since" IS NULL OR "since" < CAST('2026-01-01' AS DATE)
    )
    AND (
      "until" IS NULL OR "until" >= CAST('2026-01-01' AS DATE)
    )
), "customer_with_lookups_2" AS (
  SELECT
    "customer_4".*,
    "tier_2"."name" AS "tier.name"
  FROM "customer_4"
  LEFT JOIN "tier_2"
    ON "customer_4"."id" = "tier_2"."id"
), "orders_3_by_id" AS (
  SELECT
    "id",
    CAST(SUM("amount") AS BIGINT) AS "spend"
  FROM "orders_3"
  GROUP BY
    "id"
), "customer_with_lookups_2_1" AS (
  SELECT
    "customer_with_lookups_2".*,
    COALESCE("orders_3_by_id"."spend", 0) AS "spend",
    "customer_with_lookups_2"."tier.name" AS "tier_name"
  FROM "customer_with_lookups_2"
  LEFT JOIN "orders_3_by_id"
    ON "customer_with_lookups_2"."id" = "orders_3_by_id"."id"
), "customer_with_lookups_2_2" AS (
  SELECT
    "customer_with_lookups_2_1".*,
    CASE WHEN "spend" >= 100 THEN TRUE ELSE FALSE END AS "vip"
  FROM "customer_with_lookups_2_1"
), "orders_4_by_id" AS (
  SELECT
    "id",
    CAST(SUM("amount") AS BIGINT) AS "spend"
  FROM "orders_4"
  GROUP BY
    "id"
), "customer_5_1" AS (
  SELECT
    "customer_5".*,
    COALESCE("orders_4_by_id"."spend", 0) AS "spend"
  FROM "customer_5"
  LEFT JOIN "orders_4_by_id"
    ON "customer_5"."id" = "orders_4_by_id"."id"
), "customer_5_2" AS (
  SELECT
    "customer_5_1".*,
    CASE WHEN "spend" >= 100 THEN TRUE ELSE FALSE END AS "vip"
  FROM "customer_5_1"
), "orders_5_by_id" AS (
  SELECT
    "id",
    CAST(SUM("amount") AS BIGINT) AS "spend"
  FROM "orders_5"
  GROUP BY
    "id"
), "customer_6_1" AS (
  SELECT
    "customer_6".*,
    COALESCE("orders_5_by_id"."spend", 0) AS "spend"
  FROM "customer_6"
  LEFT JOIN "orders_5_by_id"
    ON "customer_6"."id" = "orders_5_by_id"."id"
), "customer_6_2" AS (
  SELECT
    "customer_6_1".*,
    CASE WHEN "spend" >= 100 THEN TRUE ELSE FALSE END AS "vip"
  FROM "customer_6_1"
), "customer_with_lookups_with_past" AS (
  SELECT
    "customer_with_lookups".*,
    COALESCE("customer_2_with_past_3"."vip", FALSE) AS "was vip",
    "customer_2_with_past_3"."lifecycle" AS "was lifecycle",
    COALESCE("customer_2_with_past_3"."lifecycle.active", FALSE) AS "was lifecycle.active",
    COALESCE("customer_2_with_past_3"."was_vip", FALSE) AS "was was_vip",
    "customer_2_with_past_3"."spend" AS "was spend",
    "customer_2_with_past_3"."recent" AS "was recent",
    "customer_2_with_past_3"."home" AS "was home",
    "customer_2_with_past_3"."spend_then" AS "was spend_then",
    COALESCE("customer_with_lookups_2_2"."vip", FALSE) AS "was vip_2",
    "customer_with_lookups_2_2"."tier_name" AS "was tier_name",
    COALESCE("customer_5_2"."vip", FALSE) AS "was vip_3",
    COALESCE("customer_6_2"."vip", FALSE) AS "was vip_4"
  FROM "customer_with_lookups"
  LEFT JOIN "customer_2_with_past_3"
    ON "customer_with_lookups"."id" = "customer_2_with_past_3"."id"
  LEFT JOIN "customer_with_lookups_2_2"
    ON "customer_with_lookups"."id" = "customer_with_lookups_2_2"."id"
  LEFT JOIN "customer_5_2"
    ON "customer_with_lookups"."id" = "customer_5_2"."id"
  LEFT JOIN "customer_6_2"
    ON "customer_with_lookups"."id" = "customer_6_2"."id"
), "orders_with_id" AS (
  SELECT
    "orders_6".*,
    "customer_with_lookups_with_past"."was vip"
  FROM "orders_6"
  INNER JOIN "customer_with_lookups_with_past"
    ON "orders_6"."id" = "customer_with_lookups_with_past"."id"
), "orders_with_id_by_id" AS (
  SELECT
    "id",
    CAST(SUM("amount") AS BIGINT) AS "spend",
    COUNT(CASE WHEN "at" >= CAST('2026-01-21 17:00:00' AS TIMESTAMP) THEN 1 END) AS "recent",
    COUNT(CASE WHEN "was vip" THEN 1 END) AS "orders_since_vip"
  FROM "orders_with_id"
  GROUP BY
    "id"
), "customer_with_lookups_with_past_1" AS (
  SELECT
    "customer_with_lookups_with_past".*,
    COALESCE("orders_with_id_by_id"."spend", 0) AS "spend",
    COALESCE("orders_with_id_by_id"."recent", 0) AS "recent",
    COALESCE("orders_with_id_by_id"."orders_since_vip", 0) AS "orders_since_vip",
    "customer_with_lookups_with_past"."was vip" AS "was_vip",
    NOT "customer_with_lookups_with_past"."was vip" AS "was_not_vip",
    "customer_with_lookups_with_past"."was vip" AS "vip_on_new_year",
    "customer_with_lookups_with_past"."was vip_2" AS "vip_before_new_year",
    "customer_with_lookups_with_past"."was vip_3" AS "vip_at_noon",
    "customer_with_lookups_with_past"."was vip_4" AS "vip_now",
    "customer_with_lookups_with_past"."was vip_4" AS "vip_today",
    "customer_with_lookups_with_past"."was vip" AS "vip_by_param",
    CASE
      WHEN "customer_with_lookups_with_past"."was lifecycle" = 'active'
      THEN TRUE
      ELSE FALSE
    END AS "was_active",
    "customer_with_lookups_with_past"."was lifecycle.active" AS "was_stage",
    "customer_with_lookups_with_past"."was was_vip" AS "was_was",
    "customer_with_lookups_with_past"."tier.name" AS "tier_name",
    "customer_with_lookups_with_past"."country" AS "home",
    "customer_with_lookups_with_past"."was spend" AS "spend_then",
    "customer_with_lookups_with_past"."was recent" AS "recent_then",
    "customer_with_lookups_with_past"."was tier_name" AS "tier_then",
    "customer_with_lookups_with_past"."was home" AS "home_then",
    "customer_with_lookups_with_past"."was lifecycle" AS "stage_then",
    "customer_with_lookups_with_past"."was spend_then" AS "twice"
  FROM "customer_with_lookups_with_past"
  LEFT JOIN "orders_with_id_by_id"
    ON "customer_with_lookups_with_past"."id" = "orders_with_id_by_id"."id"
), "customer_with_lookups_with_past_2" AS (
  SELECT
    "customer_with_lookups_with_past_1".*,
    CASE WHEN "spend" >= 100 THEN TRUE ELSE FALSE END AS "vip",
    "spend" - "was spend" AS "growth",
    CASE
      WHEN "recent" > 0
      THEN 'active'
      WHEN "joined" >= CAST('2025-12-01' AS DATE)
      THEN 'fresh'
    END AS "lifecycle"
  FROM "customer_with_lookups_with_past_1"
), "customer_with_lookups_with_past_3" AS (
  SELECT
    "customer_with_lookups_with_past_2".*,
    "vip" AND NOT "was vip_2" AS "new_vip",
    NOT (
      "lifecycle" = "was lifecycle"
    ) IS TRUE AS "moved",
    CASE WHEN "lifecycle" = 'active' THEN TRUE ELSE FALSE END AS "lifecycle.active",
    CASE WHEN "lifecycle" = 'fresh' THEN TRUE ELSE FALSE END AS "lifecycle.fresh"
  FROM "customer_with_lookups_with_past_2"
)
SELECT
  "id",
  "vip",
  "was_vip",
  "was_not_vip",
  "new_vip",
  "vip_on_new_year",
  "vip_before_new_year",
  "vip_at_noon",
  "vip_now",
  "vip_today",
  "vip_by_param",
  "was_active",
  "was_stage",
  "moved",
  "was_was",
  "lifecycle.active",
  "lifecycle.fresh",
  "lifecycle",
  "spend",
  "recent",
  "tier_name",
  "home",
  "spend_then",
  "recent_then",
  "tier_then",
  "home_then",
  "stage_then",
  "growth",
  "twice",
  "orders_since_vip"
FROM "customer_with_lookups_with_past_3"

WITH "sales_2" AS (
  SELECT
    "id",
    "at",
    "amount"
  FROM "sales"
  WHERE
    "at" < CAST('2026-01-01 17:00:00' AS TIMESTAMP)
), "sales" AS (
  SELECT
    "id",
    "at",
    "amount"
  FROM "sales"
  WHERE
    "at" < CAST('2026-01-31 17:00:00' AS TIMESTAMP)
), "buyer" AS (
  SELECT DISTINCT
    "id"
  FROM "sales"
  WHERE
    NOT "id" IS NULL
), "buyer_2" AS (
  SELECT DISTINCT
    "id"
  FROM "sales_2"
  WHERE
    NOT "id" IS NULL
), "sales_2_by_id" AS (
  SELECT
    "id",
    CAST(SUM("amount") AS BIGINT) AS "bought"
  FROM "sales_2"
  GROUP BY
    "id"
), "buyer_2_1" AS (
  SELECT
    "buyer_2".*,
    COALESCE("sales_2_by_id"."bought", 0) AS "bought"
  FROM "buyer_2"
  LEFT JOIN "sales_2_by_id"
    ON "buyer_2"."id" = "sales_2_by_id"."id"
), "buyer_2_2" AS (
  SELECT
    "buyer_2_1".*,
    CASE WHEN "bought" >= 100 THEN TRUE ELSE FALSE END AS "big"
  FROM "buyer_2_1"
), "buyer_with_past" AS (
  SELECT
    "buyer".*,
    COALESCE("buyer_2_2"."big", FALSE) AS "was big",
    "buyer_2_2"."bought" AS "was bought"
  FROM "buyer"
  LEFT JOIN "buyer_2_2"
    ON "buyer"."id" = "buyer_2_2"."id"
), "sales_by_id" AS (
  SELECT
    "id",
    CAST(SUM("amount") AS BIGINT) AS "bought"
  FROM "sales"
  GROUP BY
    "id"
), "buyer_with_past_1" AS (
  SELECT
    "buyer_with_past".*,
    COALESCE("sales_by_id"."bought", 0) AS "bought",
    "buyer_with_past"."was big" AS "big_before",
    "buyer_with_past"."was bought" AS "bought_then"
  FROM "buyer_with_past"
  LEFT JOIN "sales_by_id"
    ON "buyer_with_past"."id" = "sales_by_id"."id"
), "buyer_with_past_2" AS (
  SELECT
    "buyer_with_past_1".*,
    CASE WHEN "bought" >= 100 THEN TRUE ELSE FALSE END AS "big"
  FROM "buyer_with_past_1"
)
SELECT
  "id",
  "big_before",
  "big",
  "bought",
  "bought_then"
FROM "buyer_with_past_2"
