WITH "customer" AS (
  SELECT
    "id",
    "quota"
  FROM "customer"
), "orders" AS (
  SELECT
    "id",
    "day",
    "line",
    "amount",
    "pieces",
    "weight",
    "channel",
    "paid"
  FROM "orders"
  WHERE
    "day" < CAST('2026-02-01' AS DATE)
), "orders_with_id" AS (
  SELECT
    "orders".*,
    "customer"."quota"
  FROM "orders"
  INNER JOIN "customer"
    ON "orders"."id" = "customer"."id"
), "orders_with_id_by_id" AS (
  SELECT
    "id",
    CAST(COUNT(*) FILTER(WHERE
      "channel" = 'web') AS DOUBLE) / NULLIF(CAST(COUNT(*) AS DOUBLE), 0) AS "web_share",
    SQRT(
      CAST(CAST(COUNT("amount") AS DECIMAL(38, 0)) * SUM(
        CAST(CAST(ROUND(CAST("amount" AS DOUBLE) * 100) AS BIGINT) AS DECIMAL(38, 0)) * CAST(CAST(ROUND(CAST("amount" AS DOUBLE) * 100) AS BIGINT) AS DECIMAL(38, 0))
      ) - SUM(CAST(CAST(ROUND(CAST("amount" AS DOUBLE) * 100) AS BIGINT) AS DECIMAL(38, 0))) * SUM(CAST(CAST(ROUND(CAST("amount" AS DOUBLE) * 100) AS BIGINT) AS DECIMAL(38, 0))) AS DOUBLE) / NULLIF(CAST(COUNT("amount") * (
        COUNT("amount") - 1
      ) AS DOUBLE), 0)
    ) / CAST(100 AS DOUBLE) AS "spread",
    MODE("paid" ORDER BY "paid") AS "paid_mostly",
    ROUND(
      QUANTILE_CONT(
        CAST(DATE_DIFF('microsecond', CAST("day" AS TIMESTAMP), CAST('2026-02-01 00:00:00' AS TIMESTAMP)) AS DOUBLE),
        0.5
      ) * 2
    ) / CAST(2 AS DOUBLE) AS "quantile_day",
    CAST(COUNT(*) FILTER(WHERE
      "day" >= CAST('2026-01-25' AS DATE) AND "channel" = 'web') AS DOUBLE) / NULLIF(CAST(COUNT(*) FILTER(WHERE
      "day" >= CAST('2026-01-25' AS DATE)) AS DOUBLE), 0) AS "recent_share",
    CAST(COUNT(*) FILTER(WHERE
      "amount" > "quota") AS DOUBLE) / NULLIF(CAST(COUNT(*) AS DOUBLE), 0) AS "own_share",
    QUANTILE_CONT(ROUND(CAST("amount" AS DOUBLE) * 100), 0) / CAST(100 AS DOUBLE) AS "lowest",
    ROUND(QUANTILE_CONT(ROUND(CAST("amount" AS DOUBLE) * 100), 0.2) * 5) / CAST(500 AS DOUBLE) AS "fifth",
    ROUND(QUANTILE_CONT(CAST("pieces" AS DOUBLE), 0.25) * 4) / CAST(4 AS DOUBLE) AS "quarter",
    ROUND(QUANTILE_CONT(ROUND(CAST("amount" AS DOUBLE) * 100), 0.5) * 2) / CAST(200 AS DOUBLE) AS "middle",
    ROUND(
      QUANTILE_CONT(ROUND(CAST(CASE WHEN "channel" = 'web' THEN "amount" END AS DOUBLE) * 100), 0.9) * 10
    ) / CAST(1000 AS DOUBLE) AS "ninth",
    (
      ARRAY_AGG("weight" ORDER BY "weight")
    )[(
      (
        COUNT("weight") - 1
      ) * 1 // 1 + 1
    )] + (
      COALESCE(
        (
          ARRAY_AGG("weight" ORDER BY "weight")
        )[(
          (
            COUNT("weight") - 1
          ) * 1 // 1 + 2
        )],
        (
          ARRAY_AGG("weight" ORDER BY "weight")
        )[(
          (
            COUNT("weight") - 1
          ) * 1 // 1 + 1
        )]
      ) - (
        ARRAY_AGG("weight" ORDER BY "weight")
      )[(
        (
          COUNT("weight") - 1
        ) * 1 // 1 + 1
      )]
    ) * (
      (
        COUNT("weight") - 1
      ) * 1 % 1
    ) / CAST(1 AS DOUBLE) AS "most",
    (
      ARRAY_AGG("weight" ORDER BY "weight")
    )[(
      (
        COUNT("weight") - 1
      ) * 3 // 8 + 1
    )] + (
      COALESCE(
        (
          ARRAY_AGG("weight" ORDER BY "weight")
        )[(
          (
            COUNT("weight") - 1
          ) * 3 // 8 + 2
        )],
        (
          ARRAY_AGG("weight" ORDER BY "weight")
        )[(
          (
            COUNT("weight") - 1
          ) * 3 // 8 + 1
        )]
      ) - (
        ARRAY_AGG("weight" ORDER BY "weight")
      )[(
        (
          COUNT("weight") - 1
        ) * 3 // 8 + 1
      )]
    ) * (
      (
        COUNT("weight") - 1
      ) * 3 % 8
    ) / CAST(8 AS DOUBLE) AS "third_of_weight",
    SQRT(
      CAST(CAST(COUNT(CASE WHEN "paid" THEN "pieces" END) AS DECIMAL(38, 0)) * SUM(
        CAST(CASE WHEN "paid" THEN "pieces" END AS DECIMAL(38, 0)) * CAST(CASE WHEN "paid" THEN "pieces" END AS DECIMAL(38, 0))
      ) - SUM(CAST(CASE WHEN "paid" THEN "pieces" END AS DECIMAL(38, 0))) * SUM(CAST(CASE WHEN "paid" THEN "pieces" END AS DECIMAL(38, 0))) AS DOUBLE) / NULLIF(
        CAST(COUNT(CASE WHEN "paid" THEN "pieces" END) * (
          COUNT(CASE WHEN "paid" THEN "pieces" END) - 1
        ) AS DOUBLE),
        0
      )
    ) AS "spread_of_pieces",
    MODE("channel" ORDER BY "channel") AS "channel_of_most",
    MODE("amount" ORDER BY "amount") AS "amount_of_most",
    MODE(
      CASE WHEN "day" >= CAST('2026-01-02' AS DATE) THEN "day" END ORDER BY CASE WHEN "day" >= CAST('2026-01-02' AS DATE) THEN "day" END
    ) AS "day_of_most",
    (
      ARRAY_AGG("amount" ORDER BY "day" ASC NULLS FIRST, "line" ASC NULLS FIRST, "amount" ASC)
    )[2] AS "second_amount",
    (
      ARRAY_AGG("amount" ORDER BY "day" ASC NULLS FIRST, "line" ASC NULLS FIRST, "amount" ASC)
    )[3] AS "third_amount",
    (
      ARRAY_AGG("amount" ORDER BY "day" ASC NULLS FIRST, "line" ASC NULLS FIRST, "amount" ASC) FILTER(WHERE
        "day" >= CAST('2026-01-02' AS DATE) AND "channel" = 'web')
    )[2] AS "second_web"
  FROM "orders_with_id"
  GROUP BY
    "id"
), "customer_1" AS (
  SELECT
    "customer".*,
    "orders_with_id_by_id"."web_share",
    "orders_with_id_by_id"."spread",
    "orders_with_id_by_id"."paid_mostly",
    "orders_with_id_by_id"."quantile_day",
    "orders_with_id_by_id"."recent_share",
    "orders_with_id_by_id"."own_share",
    "orders_with_id_by_id"."lowest",
    "orders_with_id_by_id"."fifth",
    "orders_with_id_by_id"."quarter",
    "orders_with_id_by_id"."middle",
    "orders_with_id_by_id"."ninth",
    "orders_with_id_by_id"."most",
    "orders_with_id_by_id"."third_of_weight",
    "orders_with_id_by_id"."spread_of_pieces",
    "orders_with_id_by_id"."channel_of_most",
    "orders_with_id_by_id"."amount_of_most",
    "orders_with_id_by_id"."day_of_most",
    "orders_with_id_by_id"."second_amount",
    "orders_with_id_by_id"."third_amount",
    "orders_with_id_by_id"."second_web"
  FROM "customer"
  LEFT JOIN "orders_with_id_by_id"
    ON "customer"."id" = "orders_with_id_by_id"."id"
), "customer_2" AS (
  SELECT
    "customer_1".*,
    CASE WHEN "web_share" > 0.50 THEN TRUE ELSE FALSE END AS "mostly_web",
    CASE WHEN "spread" = 5 THEN TRUE ELSE FALSE END AS "even_spread",
    NOT "paid_mostly" IS TRUE AS "seldom_paid",
    CASE WHEN "quantile_day" = 1814400000000 THEN TRUE ELSE FALSE END AS "waits_long"
  FROM "customer_1"
)
SELECT
  "id",
  "mostly_web",
  "even_spread",
  "seldom_paid",
  "waits_long",
  "web_share",
  "recent_share",
  "own_share",
  "lowest",
  "fifth",
  "quarter",
  "middle",
  "ninth",
  "most",
  "third_of_weight",
  "spread",
  "spread_of_pieces",
  "channel_of_most",
  "amount_of_most",
  "paid_mostly",
  "day_of_most",
  "second_amount",
  "third_amount",
  "second_web"
FROM "customer_2"
