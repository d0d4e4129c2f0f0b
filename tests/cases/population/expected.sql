WITH "customer" AS (
  SELECT
    "id",
    "spend",
    "score",
    "country",
    "joined",
    "vip"
  FROM "customer"
), "customer_tests" AS (
  SELECT
    "customer".*,
    CASE WHEN "spend" IS NULL THEN TRUE ELSE FALSE END AS "spend is missing",
    CASE WHEN "spend" > 0 THEN TRUE ELSE FALSE END AS "spend > 0"
  FROM "customer"
), "customer_parts" AS (
  SELECT
    "customer_tests".*,
    NOT "spend is missing" AS "spend is known",
    NOT "spend is missing" AND "spend > 0" AS "in_top_spend counts",
    NOT "joined" IS NULL AS "joined is known",
    NOT "score" IS NULL AS "score is known",
    CASE WHEN NOT "spend is missing" AND "vip" THEN TRUE ELSE FALSE END AS "rank_spend counts"
  FROM "customer_tests"
), "customer_parts_ranked" AS (
  SELECT
    *,
    RANK() OVER (PARTITION BY "spend is known" ORDER BY "spend" DESC) AS "rank of spend",
    COUNT(*) OVER (PARTITION BY "spend is known") AS "count of rows",
    RANK() OVER (PARTITION BY "spend is known", "country" ORDER BY "spend" DESC) AS "rank of spend_2",
    RANK() OVER (PARTITION BY "spend is known" ORDER BY "spend" ASC NULLS FIRST) AS "rank of spend_3",
    RANK() OVER (PARTITION BY "in_top_spend counts" ORDER BY "spend" ASC NULLS FIRST) AS "rank of spend_4",
    COUNT(*) OVER (PARTITION BY "in_top_spend counts") AS "count of rows_2",
    RANK() OVER (PARTITION BY "joined is known" ORDER BY "joined" DESC) AS "rank of joined",
    RANK() OVER (PARTITION BY "joined is known" ORDER BY "joined" ASC NULLS FIRST) AS "rank of joined_2",
    SUM("spend") OVER (
      PARTITION BY "spend is known"
      ORDER BY "spend" DESC
      GROUPS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS "sum to spend",
    SUM("spend") OVER (PARTITION BY "spend is known") AS "sum of spend",
    SUM("score") OVER (
      PARTITION BY "score is known"
      ORDER BY "score" DESC
      GROUPS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS "sum to score",
    SUM("score") OVER (PARTITION BY "score is known") AS "sum of score",
    RANK() OVER (PARTITION BY "rank_spend counts" ORDER BY "spend" DESC) AS "rank of spend_5",
    PERCENT_RANK() OVER (PARTITION BY "spend is known" ORDER BY "spend" ASC NULLS FIRST) AS "percent_rank of spend",
    PERCENT_RANK() OVER (PARTITION BY "spend is known" ORDER BY "spend" DESC) AS "percent_rank of spend_2",
    NTILE(4) OVER (
      PARTITION BY "spend is known"
      ORDER BY "spend" ASC NULLS FIRST, "id" ASC NULLS FIRST
    ) AS "ntile of spend",
    NTILE(4) OVER (PARTITION BY "spend is known" ORDER BY "spend" DESC, "id" ASC NULLS FIRST) AS "ntile of spend_2",
    RANK() OVER (PARTITION BY "score is known" ORDER BY "score" ASC NULLS FIRST) AS "rank of score",
    COUNT(*) OVER (PARTITION BY "score is known") AS "count of rows_3",
    COUNT(*) OVER (PARTITION BY "joined is known") AS "count of rows_4",
    NTILE(1) OVER (
      PARTITION BY "spend is known"
      ORDER BY "spend" ASC NULLS FIRST, "id" ASC NULLS FIRST
    ) AS "ntile of spend_3"
  FROM "customer_parts"
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
), "customer_1" AS (
  SELECT
    "customer_parts_ranked".*,
    COALESCE("orders_by_id"."orders", 0) AS "orders",
    "customer_parts_ranked"."spend is known"
    AND "customer_parts_ranked"."rank of spend" <= 2 AS "best_two",
    "customer_parts_ranked"."spend is known"
    AND (
      (
        "customer_parts_ranked"."rank of spend" - 1
      ) * 4
    ) < "customer_parts_ranked"."count of rows" AS "best_quarter",
    "customer_parts_ranked"."spend is known"
    AND "customer_parts_ranked"."rank of spend_2" <= 1 AS "best_of_country",
    "customer_parts_ranked"."spend is known"
    AND (
      "customer_parts_ranked"."rank of spend" - 1
    ) < "customer_parts_ranked"."count of rows" AS "everybody_known",
    "customer_parts_ranked"."spend is known"
    AND "customer_parts_ranked"."rank of spend_3" <= 1 AS "worst",
    "customer_parts_ranked"."in_top_spend counts"
    AND (
      (
        "customer_parts_ranked"."rank of spend_4" - 1
      ) * 1000
    ) < (
      "customer_parts_ranked"."count of rows_2" * 333
    ) AS "worst_third",
    "customer_parts_ranked"."joined is known"
    AND "customer_parts_ranked"."rank of joined" <= 1 AS "newest",
    "customer_parts_ranked"."joined is known"
    AND "customer_parts_ranked"."rank of joined_2" <= 1 AS "oldest",
    "customer_parts_ranked"."spend is known"
    AND (
      "customer_parts_ranked"."spend > 0"
      AND (
        CAST(COALESCE("customer_parts_ranked"."sum to spend", 0) AS DECIMAL(38, 2)) * 5
      ) < (
        CAST("customer_parts_ranked"."sum of spend" AS DECIMAL(38, 2)) * 4
      )
    ) AS "most_of_it",
    "customer_parts_ranked"."spend is known"
    AND (
      "customer_parts_ranked"."spend > 0"
      AND COALESCE("customer_parts_ranked"."sum to spend", 0) < "customer_parts_ranked"."sum of spend"
    ) AS "all_of_it",
    CASE
      WHEN "customer_parts_ranked"."score is known"
      AND (
        "customer_parts_ranked"."score" > 0
        AND (
          COALESCE("customer_parts_ranked"."sum to score", 0) * 2
        ) < "customer_parts_ranked"."sum of score"
      )
      THEN TRUE
      ELSE FALSE
    END AS "half_of_score",
    "customer_parts_ranked"."spend is known"
    AND "customer_parts_ranked"."rank of spend" <= 3 AS "in_top_spend",
    CASE
      WHEN "customer_parts_ranked"."spend is known"
      THEN "customer_parts_ranked"."rank of spend"
    END AS "place",
    CASE
      WHEN "customer_parts_ranked"."spend is known"
      THEN "customer_parts_ranked"."rank of spend_3"
    END AS "place_from_below",
    CASE
      WHEN "customer_parts_ranked"."spend is known"
      THEN "customer_parts_ranked"."rank of spend_2"
    END AS "place_in_country",
    CASE
      WHEN "customer_parts_ranked"."rank_spend counts"
      THEN "customer_parts_ranked"."rank of spend_5"
    END AS "place_of_vips",
    CASE
      WHEN "customer_parts_ranked"."spend is known"
      THEN "customer_parts_ranked"."percent_rank of spend"
    END AS "share_before",
    CASE
      WHEN "customer_parts_ranked"."spend is known"
      THEN "customer_parts_ranked"."percent_rank of spend_2"
    END AS "share_before_desc",
    CASE
      WHEN "customer_parts_ranked"."spend is known"
      THEN "customer_parts_ranked"."ntile of spend"
    END AS "quarter",
    CASE
      WHEN "customer_parts_ranked"."spend is known"
      THEN "customer_parts_ranked"."ntile of spend_2"
    END AS "quarter_desc",
    CASE
      WHEN "customer_parts_ranked"."spend is known"
      THEN CASE
        WHEN (
          "customer_parts_ranked"."rank of spend_3" - 1
        ) > 0
        THEN CAST(CEIL(
          CAST((
            "customer_parts_ranked"."rank of spend_3" - 1
          ) * 4 AS DOUBLE) / NULLIF(CAST("customer_parts_ranked"."count of rows" - 1 AS DOUBLE), 0)
        ) AS BIGINT)
        ELSE 1
      END
    END AS "bin",
    CASE
      WHEN "customer_parts_ranked"."spend is known"
      THEN 5 - CASE
        WHEN (
          "customer_parts_ranked"."rank of spend_3" - 1
        ) > 0
        THEN CAST(CEIL(
          CAST((
            "customer_parts_ranked"."rank of spend_3" - 1
          ) * 4 AS DOUBLE) / NULLIF(CAST("customer_parts_ranked"."count of rows" - 1 AS DOUBLE), 0)
        ) AS BIGINT)
        ELSE 1
      END
    END AS "bin_desc",
    CASE
      WHEN "customer_parts_ranked"."score is known"
      THEN CASE
        WHEN (
          "customer_parts_ranked"."rank of score" - 1
        ) > 0
        THEN CAST(CEIL(
          CAST((
            "customer_parts_ranked"."rank of score" - 1
          ) * 2 AS DOUBLE) / NULLIF(CAST("customer_parts_ranked"."count of rows_3" - 1 AS DOUBLE), 0)
        ) AS BIGINT)
        ELSE 1
      END
    END AS "score_bin",
    CASE
      WHEN "customer_parts_ranked"."joined is known"
      THEN "customer_parts_ranked"."rank of joined_2"
    END AS "joining",
    CASE
      WHEN "customer_parts_ranked"."joined is known"
      THEN CASE
        WHEN (
          "customer_parts_ranked"."rank of joined_2" - 1
        ) > 0
        THEN CAST(CEIL(
          CAST((
            "customer_parts_ranked"."rank of joined_2" - 1
          ) * 2 AS DOUBLE) / NULLIF(CAST("customer_parts_ranked"."count of rows_4" - 1 AS DOUBLE), 0)
        ) AS BIGINT)
        ELSE 1
      END
    END AS "joining_bin",
    CASE
      WHEN "customer_parts_ranked"."spend is known"
      THEN "customer_parts_ranked"."ntile of spend_3"
    END AS "all_in_one"
  FROM "customer_parts_ranked"
  LEFT JOIN "orders_by_id"
    ON "customer_parts_ranked"."id" = "orders_by_id"."id"
), "customer_1_parts" AS (
  SELECT
    "customer_1".*,
    NOT "spend is missing" AND "in_top_spend" AS "rank_spend counts_2"
  FROM "customer_1"
), "customer_1_parts_ranked" AS (
  SELECT
    *,
    RANK() OVER (PARTITION BY "rank_spend counts_2" ORDER BY "spend" DESC) AS "rank of spend_6",
    NTILE(2) OVER (ORDER BY "orders" DESC, "id" ASC NULLS FIRST) AS "ntile of orders"
  FROM "customer_1_parts"
), "customer_2" AS (
  SELECT
    "customer_1_parts_ranked".*,
    CASE WHEN "rank_spend counts_2" THEN "rank of spend_6" END AS "rank_spend",
    "ntile of orders" AS "most_orders",
    NOT "best_two" AS "not_best"
  FROM "customer_1_parts_ranked"
), "customer_3" AS (
  SELECT
    "customer_2".*,
    CASE WHEN "rank_spend" = 3 THEN TRUE ELSE FALSE END AS "nested"
  FROM "customer_2"
)
SELECT
  "id",
  "best_two",
  "best_quarter",
  "best_of_country",
  "everybody_known",
  "worst",
  "worst_third",
  "newest",
  "oldest",
  "most_of_it",
  "all_of_it",
  "half_of_score",
  "not_best",
  "nested",
  "orders",
  "place",
  "place_from_below",
  "place_in_country",
  "place_of_vips",
  "share_before",
  "share_before_desc",
  "quarter",
  "quarter_desc",
  "most_orders",
  "bin",
  "bin_desc",
  "score_bin",
  "joining",
  "joining_bin",
  "all_in_one"
FROM "customer_3"
