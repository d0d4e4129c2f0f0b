WITH "customer" AS (
  SELECT
    "id",
    "least"
  FROM "customer"
), "returns" AS (
  SELECT
    "id",
    "at",
    "sku",
    "why"
  FROM "returns"
  WHERE
    "at" < CAST('2026-02-01 00:00:00' AS TIMESTAMP)
), "returns_with_id" AS (
  SELECT
    "returns".*,
    "customer"."least"
  FROM "returns"
  INNER JOIN "customer"
    ON "returns"."id" = "customer"."id"
), "purchases_nested_1_around" AS (
  SELECT
    "returns_with_id".*,
    "sku" AS "purchases on 1"
  FROM "returns_with_id"
), "purchases" AS (
  SELECT
    "id",
    "at",
    "sku",
    "amount"
  FROM "purchases"
  WHERE
    "at" < CAST('2026-02-01 00:00:00' AS TIMESTAMP)
), "purchases_nested_1_on" AS (
  SELECT
    "purchases".*,
    "sku" AS "on 1"
  FROM "purchases"
), "purchases_nested_1_on_by_on 1" AS (
  SELECT
    "id",
    "on 1",
    MIN("at") AS "none purchases"
  FROM "purchases_nested_1_on"
  GROUP BY
    "id",
    "on 1"
), "purchases_nested_1_attached" AS (
  SELECT
    "purchases_nested_1_around".*,
    "purchases_nested_1_on_by_on 1"."none purchases"
  FROM "purchases_nested_1_around"
  LEFT JOIN "purchases_nested_1_on_by_on 1"
    ON "purchases_nested_1_around"."id" = "purchases_nested_1_on_by_on 1"."id"
    AND "purchases_nested_1_around"."purchases on 1" = "purchases_nested_1_on_by_on 1"."on 1"
), "purchases_nested_1_compared" AS (
  SELECT
    "purchases_nested_1_attached".*,
    NOT (
      "none purchases" <= "at"
    ) IS TRUE AS "none purchases tied"
  FROM "purchases_nested_1_attached"
), "purchases_nested_2" AS (
  SELECT
    *,
    EXISTS(
      SELECT
        1
      FROM (
        SELECT
          "id" AS "purchases id",
          "sku" AS "purchases sku",
          "at" AS "purchases at"
        FROM "purchases"
      ) AS "others"
      WHERE
        "purchases id" = "id"
        AND (
          "purchases sku" = "sku"
          AND "purchases at" <= "at"
          AND "purchases at" >= (
            "at" - INTERVAL '7' DAY
          )
        )
    ) AS "any purchases"
  FROM "purchases_nested_1_compared"
), "purchases_nested_3_around" AS (
  SELECT
    "purchases_nested_2".*,
    "sku" AS "purchases on 1_2"
  FROM "purchases_nested_2"
), "purchases_nested_3_on" AS (
  SELECT
    "purchases".*,
    "sku" AS "on 1"
  FROM "purchases"
), "purchases_nested_3_on_by_on 1" AS (
  SELECT
    "id",
    "on 1",
    COUNT(*) AS "count purchases"
  FROM "purchases_nested_3_on"
  GROUP BY
    "id",
    "on 1"
), "purchases_nested_3_attached" AS (
  SELECT
    "purchases_nested_3_around".*,
    COALESCE("purchases_nested_3_on_by_on 1"."count purchases", 0) AS "count purchases"
  FROM "purchases_nested_3_around"
  LEFT JOIN "purchases_nested_3_on_by_on 1"
    ON "purchases_nested_3_around"."id" = "purchases_nested_3_on_by_on 1"."id"
    AND "purchases_nested_3_around"."purchases on 1_2" = "purchases_nested_3_on_by_on 1"."on 1"
), "purchases_nested_4_around" AS (
  SELECT
    "purchases_nested_3_attached".*,
    "sku" AS "purchases on 1_3"
  FROM "purchases_nested_3_attached"
), "purchases_with_id" AS (
  SELECT
    "purchases".*,
    "customer"."least"
  FROM "purchases"
  INNER JOIN "customer"
    ON "purchases"."id" = "customer"."id"
), "purchases_nested_4_on" AS (
  SELECT
    "purchases_with_id".*,
    "sku" AS "on 1"
  FROM "purchases_with_id"
), "purchases_nested_4_on_looked_at" AS (
  SELECT
    *
  FROM "purchases_nested_4_on"
  WHERE
    "amount" >= "least"
), "purchases_nested_4_on_by_on 1" AS (
  SELECT
    "id",
    "on 1",
    COUNT(*) > 0 AS "any purchases_2"
  FROM "purchases_nested_4_on_looked_at"
  GROUP BY
    "id",
    "on 1"
), "purchases_nested_4_attached" AS (
  SELECT
    "purchases_nested_4_around".*,
    COALESCE("purchases_nested_4_on_by_on 1"."any purchases_2", FALSE) AS "any purchases_2"
  FROM "purchases_nested_4_around"
  LEFT JOIN "purchases_nested_4_on_by_on 1"
    ON "purchases_nested_4_around"."id" = "purchases_nested_4_on_by_on 1"."id"
    AND "purchases_nested_4_around"."purchases on 1_3" = "purchases_nested_4_on_by_on 1"."on 1"
), "purchases_nested_4_attached_by_id" AS (
  SELECT
    "id",
    BOOL_OR("none purchases tied") AS "returned_unbought",
    BOOL_OR("any purchases") AS "returned_soon",
    COUNT(CASE WHEN "count purchases" >= 2 THEN 1 END) AS "pairs",
    CAST(SUM(CASE WHEN "any purchases_2" THEN "id" END) AS BIGINT) AS "worth"
  FROM "purchases_nested_4_attached"
  GROUP BY
    "id"
), "purchases_by_id" AS (
  SELECT
    "id",
    AVG("amount") AS "avg_amount",
    MAX(CASE WHEN "sku" IS DISTINCT FROM 'x' THEN "amount" END) AS "max_amount"
  FROM "purchases"
  GROUP BY
    "id"
), "purchases_nested_1_picked" AS (
  SELECT
    *
  FROM "purchases"
  WHERE
    NOT "sku" IS NULL
), "purchases_nested_1_2" AS (
  SELECT
    *,
    EXISTS(
      SELECT
        1
      FROM (
        SELECT
          "id" AS "purchases id",
          "sku" AS "purchases sku"
        FROM "purchases_nested_1_picked"
      ) AS "others"
      WHERE
        "purchases id" = "id"
        AND (
          NOT (
            "purchases sku" = "sku"
          ) IS TRUE AND NOT "sku" IS NULL
        )
    ) AS "any purchases"
  FROM "purchases"
), "returns_nested_2" AS (
  SELECT
    *,
    EXISTS(
      SELECT
        1
      FROM (
        SELECT
          "id" AS "returns id",
          "sku" AS "returns sku",
          "why" AS "returns why"
        FROM "returns"
      ) AS "others"
      WHERE
        "returns id" = "id" AND (
          "returns sku" = "sku" OR "returns why" = 'all'
        )
    ) AS "none returns"
  FROM "purchases_nested_1_2"
), "returns_nested_2_none" AS (
  SELECT
    "returns_nested_2".*,
    NOT "none returns" AS "none returns_2"
  FROM "returns_nested_2"
), "returns_nested_3_around" AS (
  SELECT
    "returns_nested_2_none".*,
    "sku" AS "returns on 1"
  FROM "returns_nested_2_none"
), "returns_nested_3_on" AS (
  SELECT
    "returns".*,
    "sku" AS "on 1"
  FROM "returns"
), "returns_nested_3_on_looked_at" AS (
  SELECT
    *
  FROM "returns_nested_3_on"
  WHERE
    "at" >= CAST('2026-01-02 00:00:00' AS TIMESTAMP)
), "returns_nested_3_on_by_on 1" AS (
  SELECT
    "id",
    "on 1",
    COUNT(*) > 0 AS "any returns"
  FROM "returns_nested_3_on_looked_at"
  GROUP BY
    "id",
    "on 1"
), "returns_nested_3_attached" AS (
  SELECT
    "returns_nested_3_around".*,
    COALESCE("returns_nested_3_on_by_on 1"."any returns", FALSE) AS "any returns"
  FROM "returns_nested_3_around"
  LEFT JOIN "returns_nested_3_on_by_on 1"
    ON "returns_nested_3_around"."id" = "returns_nested_3_on_by_on 1"."id"
    AND "returns_nested_3_around"."returns on 1" = "returns_nested_3_on_by_on 1"."on 1"
), "purchases_nested_4_around_2" AS (
  SELECT
    "returns_nested_3_attached".*,
    "sku" AS "purchases on 1"
  FROM "returns_nested_3_attached"
), "purchases_nested_4_on_2" AS (
  SELECT
    "purchases".*,
    "sku" AS "on 1"
  FROM "purchases"
), "purchases_nested_4_on_2_by_on 1" AS (
  SELECT
    "id",
    "on 1",
    MAX("at") AS "any purchases_2"
  FROM "purchases_nested_4_on_2"
  GROUP BY
    "id",
    "on 1"
), "purchases_nested_4_attached_2" AS (
  SELECT
    "purchases_nested_4_around_2".*,
    "purchases_nested_4_on_2_by_on 1"."any purchases_2"
  FROM "purchases_nested_4_around_2"
  LEFT JOIN "purchases_nested_4_on_2_by_on 1"
    ON "purchases_nested_4_around_2"."id" = "purchases_nested_4_on_2_by_on 1"."id"
    AND "purchases_nested_4_around_2"."purchases on 1" = "purchases_nested_4_on_2_by_on 1"."on 1"
), "purchases_nested_4_compared" AS (
  SELECT
    "purchases_nested_4_attached_2".*,
    CASE WHEN "any purchases_2" > "at" THEN TRUE ELSE FALSE END AS "any purchases tied"
  FROM "purchases_nested_4_attached_2"
), "purchases_by_id_2" AS (
  SELECT
    "id",
    MAX("at") AS "none purchases"
  FROM "purchases"
  GROUP BY
    "id"
), "purchases_nested_5_attached" AS (
  SELECT
    "purchases_nested_4_compared".*,
    "purchases_by_id_2"."none purchases"
  FROM "purchases_nested_4_compared"
  LEFT JOIN "purchases_by_id_2"
    ON "purchases_nested_4_compared"."id" = "purchases_by_id_2"."id"
), "purchases_nested_5_compared" AS (
  SELECT
    "purchases_nested_5_attached".*,
    NOT (
      "none purchases" > "at"
    ) IS TRUE AS "none purchases tied"
  FROM "purchases_nested_5_attached"
), "purchases_nested_5_compared_by_id" AS (
  SELECT
    "id",
    BOOL_OR("any purchases") AS "other_sku",
    BOOL_OR("none returns_2") AS "alone",
    BOOL_OR("any returns") AS "recent_pair",
    COUNT(CASE WHEN "any purchases tied" THEN 1 END) AS "bought_again",
    COUNT(CASE WHEN "none purchases tied" THEN 1 END) AS "last_ones"
  FROM "purchases_nested_5_compared"
  GROUP BY
    "id"
), "customer_1" AS (
  SELECT
    "customer".*,
    COALESCE("purchases_nested_4_attached_by_id"."returned_unbought", FALSE) AS "returned_unbought",
    COALESCE("purchases_nested_4_attached_by_id"."returned_soon", FALSE) AS "returned_soon",
    COALESCE("purchases_nested_4_attached_by_id"."pairs", 0) AS "pairs",
    COALESCE("purchases_nested_4_attached_by_id"."worth", 0) AS "worth",
    "purchases_by_id"."avg_amount",
    "purchases_by_id"."max_amount",
    COALESCE("purchases_nested_5_compared_by_id"."other_sku", FALSE) AS "other_sku",
    COALESCE("purchases_nested_5_compared_by_id"."alone", FALSE) AS "alone",
    COALESCE("purchases_nested_5_compared_by_id"."recent_pair", FALSE) AS "recent_pair",
    COALESCE("purchases_nested_5_compared_by_id"."bought_again", 0) AS "bought_again",
    COALESCE("purchases_nested_5_compared_by_id"."last_ones", 0) AS "last_ones"
  FROM "customer"
  LEFT JOIN "purchases_nested_4_attached_by_id"
    ON "customer"."id" = "purchases_nested_4_attached_by_id"."id"
  LEFT JOIN "purchases_by_id"
    ON "customer"."id" = "purchases_by_id"."id"
  LEFT JOIN "purchases_nested_5_compared_by_id"
    ON "customer"."id" = "purchases_nested_5_compared_by_id"."id"
), "purchases_with_id_2" AS (
  SELECT
    "purchases".*,
    "customer_1"."avg_amount",
    "customer_1"."max_amount"
  FROM "purchases"
  INNER JOIN "customer_1"
    ON "purchases"."id" = "customer_1"."id"
), "purchases_with_id_2_by_id" AS (
  SELECT
    "id",
    BOOL_OR("amount" > (
      "avg_amount" * 2
    )) AS "above_usual",
    BOOL_OR("amount" > "max_amount" OR "sku" = 'y') AS "top"
  FROM "purchases_with_id_2"
  GROUP BY
    "id"
), "customer_2" AS (
  SELECT
    "customer_1".*,
    COALESCE("purchases_with_id_2_by_id"."above_usual", FALSE) AS "above_usual",
    COALESCE("purchases_with_id_2_by_id"."top", FALSE) AS "top"
  FROM "customer_1"
  LEFT JOIN "purchases_with_id_2_by_id"
    ON "customer_1"."id" = "purchases_with_id_2_by_id"."id"
)
SELECT
  "id",
  "returned_unbought",
  "returned_soon",
  "above_usual",
  "other_sku",
  "alone",
  "recent_pair",
  "top",
  "bought_again",
  "pairs",
  "last_ones",
  "worth"
FROM "customer_2"
