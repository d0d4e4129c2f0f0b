WITH "customer" AS (
  SELECT
    "name",
    "points",
    "seen",
    "joined",
    "vip"
  FROM "customer"
), "home" AS (
  SELECT
    "name",
    "city"
  FROM "customer.home"
), "customer_with_lookups" AS (
  SELECT
    "customer".*,
    "home"."city" AS "home.city"
  FROM "customer"
  LEFT JOIN "home"
    ON "customer"."name" = "home"."name"
), "customer_with_lookups_tests" AS (
  SELECT
    "customer_with_lookups".*,
    CASE WHEN "points" IS NULL THEN TRUE ELSE FALSE END AS "points is missing"
  FROM "customer_with_lookups"
), "customer_with_lookups_parts" AS (
  SELECT
    "customer_with_lookups_tests".*,
    NOT "points is missing" AS "points is known",
    NOT "seen" IS NULL AS "seen is known",
    DATE_DIFF(
      'microsecond',
      CAST("joined" + 0 AS TIMESTAMP) AT TIME ZONE 'Asia/Bangkok' AT TIME ZONE 'UTC',
      "seen"
    ) AS "rank_joined value",
    NOT DATE_DIFF(
      'microsecond',
      CAST("joined" + 0 AS TIMESTAMP) AT TIME ZONE 'Asia/Bangkok' AT TIME ZONE 'UTC',
      "seen"
    ) IS NULL AS "rank_joined value is known",
    CASE WHEN "home.city" IS NULL THEN TRUE ELSE FALSE END AS "home.city is missing",
    COALESCE("home.city", '') AS "home.city or nothing",
    CASE WHEN "vip" IS NULL THEN TRUE ELSE FALSE END AS "vip is missing",
    COALESCE("vip", FALSE) AS "vip or nothing",
    CASE WHEN "joined" IS NULL THEN TRUE ELSE FALSE END AS "joined is missing",
    COALESCE("joined", CAST('2000-01-01' AS DATE)) AS "joined or nothing"
  FROM "customer_with_lookups_tests"
), "customer_with_lookups_parts_ranked" AS (
  SELECT
    *,
    RANK() OVER (PARTITION BY "points is known", "vip" ORDER BY "points" DESC) AS "rank of points",
    NTILE(2) OVER (
      PARTITION BY "points is known"
      ORDER BY "points" ASC NULLS FIRST, "name" ASC NULLS FIRST
    ) AS "ntile of points",
    RANK() OVER (PARTITION BY "seen is known" ORDER BY "seen" DESC) AS "rank of seen",
    RANK() OVER (PARTITION BY "rank_joined value is known" ORDER BY "rank_joined value" DESC) AS "rank of rank_joined value",
    RANK() OVER (PARTITION BY "points is known", "home.city" ORDER BY "points" DESC) AS "rank of points_2"
  FROM "customer_with_lookups_parts"
), "customer_with_lookups_parts_by_home.city or nothing" AS (
  SELECT
    "home.city is missing",
    "home.city or nothing",
    CAST(SUM("points") AS BIGINT) AS "points_of_city"
  FROM "customer_with_lookups_parts"
  GROUP BY
    "home.city is missing",
    "home.city or nothing"
), "customer_with_lookups_parts_by_vip or nothing" AS (
  SELECT
    "vip is missing",
    "vip or nothing",
    MAX("seen") AS "overall_max_seen"
  FROM "customer_with_lookups_parts"
  GROUP BY
    "vip is missing",
    "vip or nothing"
), "customer_with_lookups_parts_by_joined or nothing" AS (
  SELECT
    "joined is missing",
    "joined or nothing",
    MAX("points") AS "overall_max_points"
  FROM "customer_with_lookups_parts"
  GROUP BY
    "joined is missing",
    "joined or nothing"
), "customer_with_lookups_1" AS (
  SELECT
    "customer_with_lookups_parts_ranked".*,
    COALESCE("customer_with_lookups_parts_by_home.city or nothing"."points_of_city", 0) AS "points_of_city",
    "customer_with_lookups_parts_by_vip or nothing"."overall_max_seen",
    "customer_with_lookups_parts_by_joined or nothing"."overall_max_points",
    "customer_with_lookups_parts_ranked"."points is known"
    AND "customer_with_lookups_parts_ranked"."rank of points" <= 1 AS "best_of_vips",
    CASE
      WHEN "customer_with_lookups_parts_ranked"."points is known"
      THEN "customer_with_lookups_parts_ranked"."ntile of points"
    END AS "half",
    CASE
      WHEN "customer_with_lookups_parts_ranked"."seen is known"
      THEN "customer_with_lookups_parts_ranked"."rank of seen"
    END AS "seen_place",
    CASE
      WHEN "customer_with_lookups_parts_ranked"."rank_joined value is known"
      THEN "customer_with_lookups_parts_ranked"."rank of rank_joined value"
    END AS "time_with_us",
    CASE
      WHEN "customer_with_lookups_parts_ranked"."points is known"
      THEN "customer_with_lookups_parts_ranked"."rank of points_2"
    END AS "place_in_city",
    CASE WHEN "customer_with_lookups_parts_ranked"."vip" THEN TRUE ELSE FALSE END AS "known_vip",
    CASE
      WHEN "customer_with_lookups_parts_ranked"."points" < 2
      THEN 'low'
      WHEN "customer_with_lookups_parts_ranked"."points" >= 2
      THEN 'high'
    END AS "stage"
  FROM "customer_with_lookups_parts_ranked"
  LEFT JOIN "customer_with_lookups_parts_by_home.city or nothing"
    ON "customer_with_lookups_parts_ranked"."home.city is missing" = "customer_with_lookups_parts_by_home.city or nothing"."home.city is missing"
    AND "customer_with_lookups_parts_ranked"."home.city or nothing" = "customer_with_lookups_parts_by_home.city or nothing"."home.city or nothing"
  LEFT JOIN "customer_with_lookups_parts_by_vip or nothing"
    ON "customer_with_lookups_parts_ranked"."vip is missing" = "customer_with_lookups_parts_by_vip or nothing"."vip is missing"
    AND "customer_with_lookups_parts_ranked"."vip or nothing" = "customer_with_lookups_parts_by_vip or nothing"."vip or nothing"
  LEFT JOIN "customer_with_lookups_parts_by_joined or nothing"
    ON "customer_with_lookups_parts_ranked"."joined is missing" = "customer_with_lookups_parts_by_joined or nothing"."joined is missing"
    AND "customer_with_lookups_parts_ranked"."joined or nothing" = "customer_with_lookups_parts_by_joined or nothing"."joined or nothing"
), "customer_with_lookups_1_parts" AS (
  SELECT
    "customer_with_lookups_1".*,
    NOT "points is missing" AS "points is known_2",
    CASE WHEN "stage" IS NULL THEN TRUE ELSE FALSE END AS "stage is missing",
    COALESCE("stage", '') AS "stage or nothing"
  FROM "customer_with_lookups_1"
), "customer_with_lookups_1_parts_ranked" AS (
  SELECT
    *,
    RANK() OVER (PARTITION BY "points is known_2", "known_vip" ORDER BY "points" DESC) AS "rank of points_3",
    RANK() OVER (PARTITION BY "points is known_2", "stage" ORDER BY "points" DESC) AS "rank of points_4"
  FROM "customer_with_lookups_1_parts"
), "customer_with_lookups_1_parts_looked_at" AS (
  SELECT
    *
  FROM "customer_with_lookups_1_parts"
  WHERE
    NOT "vip" IS NULL AND "vip"
), "customer_with_lookups_1_parts_by_stage or nothing" AS (
  SELECT
    "stage is missing",
    "stage or nothing",
    COUNT(*) AS "vips_of_stage"
  FROM "customer_with_lookups_1_parts_looked_at"
  GROUP BY
    "stage is missing",
    "stage or nothing"
), "customer_with_lookups_2" AS (
  SELECT
    "customer_with_lookups_1_parts_ranked".*,
    COALESCE("customer_with_lookups_1_parts_by_stage or nothing"."vips_of_stage", 0) AS "vips_of_stage",
    CASE
      WHEN "customer_with_lookups_1_parts_ranked"."points is known_2"
      THEN "customer_with_lookups_1_parts_ranked"."rank of points_3"
    END AS "place_of_vips",
    CASE
      WHEN "customer_with_lookups_1_parts_ranked"."points is known_2"
      THEN "customer_with_lookups_1_parts_ranked"."rank of points_4"
    END AS "place_in_stage",
    EXTRACT(hour FROM "customer_with_lookups_1_parts_ranked"."overall_max_seen" AT TIME ZONE 'UTC' AT TIME ZONE 'Asia/Bangkok') AS "seen_last",
    CAST("customer_with_lookups_1_parts_ranked"."points" AS DOUBLE) / NULLIF(CAST("customer_with_lookups_1_parts_ranked"."overall_max_points" AS DOUBLE), 0) AS "best_share",
    CASE
      WHEN "customer_with_lookups_1_parts_ranked"."stage" = 'low'
      THEN TRUE
      ELSE FALSE
    END AS "stage.low",
    CASE
      WHEN "customer_with_lookups_1_parts_ranked"."stage" = 'high'
      THEN TRUE
      ELSE FALSE
    END AS "stage.high"
  FROM "customer_with_lookups_1_parts_ranked"
  LEFT JOIN "customer_with_lookups_1_parts_by_stage or nothing"
    ON "customer_with_lookups_1_parts_ranked"."stage is missing" = "customer_with_lookups_1_parts_by_stage or nothing"."stage is missing"
    AND "customer_with_lookups_1_parts_ranked"."stage or nothing" = "customer_with_lookups_1_parts_by_stage or nothing"."stage or nothing"
)
SELECT
  "name",
  "known_vip",
  "best_of_vips",
  "stage.low",
  "stage.high",
  "stage",
  "half",
  "seen_place",
  "time_with_us",
  "place_in_city",
  "place_in_stage",
  "place_of_vips",
  "points_of_city",
  "vips_of_stage",
  "seen_last",
  "best_share"
FROM "customer_with_lookups_2"
