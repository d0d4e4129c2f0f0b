WITH "customer" AS (
  SELECT
    "id",
    "tags",
    "scores",
    "days",
    "country",
    "least"
  FROM "customer"
), "customer_tests" AS (
  SELECT
    "customer".*,
    CASE
      WHEN LEN(
        LIST_FILTER(
          "tags",
          LAMBDA "tag element" : NOT "tag element" IS NULL AND STARTS_WITH("tag element", 'vip')
        )
      ) > 0
      THEN TRUE
      ELSE FALSE
    END AS "any tags",
    CASE
      WHEN LEN(
        LIST_FILTER(
          "tags",
          LAMBDA "tag element" : NOT "tag element" IS NULL AND STARTS_WITH("tag element", 'vip')
        )
      ) > 0
      AND LEN(
        LIST_FILTER(
          "tags",
          LAMBDA "tag element" : NOT "tag element" IS NULL AND NOT STARTS_WITH("tag element", 'vip')
        )
      ) = 0
      THEN TRUE
      ELSE FALSE
    END AS "every tags"
  FROM "customer"
), "orders" AS (
  SELECT
    "id",
    "day",
    "items",
    "gift"
  FROM "orders"
  WHERE
    "day" < CAST('2026-02-01' AS DATE)
), "orders_with_previous" AS (
  SELECT
    *,
    MIN("gift") OVER (
      PARTITION BY "id"
      ORDER BY "day" ASC NULLS FIRST
      GROUPS BETWEEN 1 PRECEDING AND 1 PRECEDING
    ) AS "previous gift"
  FROM "orders"
), "orders_with_id" AS (
  SELECT
    "orders_with_previous".*,
    "customer"."country"
  FROM "orders_with_previous"
  INNER JOIN "customer"
    ON "orders_with_previous"."id" = "customer"."id"
), "orders_with_id_by_id" AS (
  SELECT
    "id",
    MAX("day") AS "top",
    COUNT(
      CASE
        WHEN LEN(
          LIST_FILTER(
            "items",
            LAMBDA "one element" : NOT "one element" IS NULL AND "one element" = "previous gift"
          )
        ) > 0
        THEN 1
      END
    ) AS "back",
    COUNT(
      CASE
        WHEN LEN(
          LIST_FILTER(
            "items",
            LAMBDA "one element" : NOT "one element" IS NULL AND "one element" = "gift"
          )
        ) > 0
        THEN 1
      END
    ) AS "gifts",
    COUNT(
      CASE
        WHEN LEN(
          LIST_FILTER(
            "items",
            LAMBDA "one element" : NOT "one element" IS NULL AND STARTS_WITH("one element", "country")
          )
        ) > 0
        AND LEN(
          LIST_FILTER(
            "items",
            LAMBDA "one element" : NOT "one element" IS NULL AND NOT STARTS_WITH("one element", "country") IS TRUE
          )
        ) = 0
        THEN 1
      END
    ) AS "all_of_country"
  FROM "orders_with_id"
  GROUP BY
    "id"
), "customer_1" AS (
  SELECT
    "customer_tests".*,
    "orders_with_id_by_id"."top",
    COALESCE("orders_with_id_by_id"."back", 0) AS "back",
    COALESCE("orders_with_id_by_id"."gifts", 0) AS "gifts",
    COALESCE("orders_with_id_by_id"."all_of_country", 0) AS "all_of_country",
    "customer_tests"."any tags" AS "vip",
    NOT "customer_tests"."any tags" AS "no_vip",
    "customer_tests"."every tags" AS "only_vip",
    NOT "customer_tests"."every tags" AS "not_only_vip",
    CASE
      WHEN LEN(
        LIST_FILTER(
          "customer_tests"."tags",
          LAMBDA "tag element" : NOT "tag element" IS NULL AND "tag element" = "customer_tests"."country"
        )
      ) > 0
      THEN TRUE
      ELSE FALSE
    END AS "has_own_country",
    CASE
      WHEN LEN(
        LIST_FILTER(
          "customer_tests"."scores",
          LAMBDA "one element" : NOT "one element" IS NULL AND "one element" > "customer_tests"."least"
        )
      ) > 0
      THEN TRUE
      ELSE FALSE
    END AS "scored",
    CASE
      WHEN LEN(
        LIST_FILTER(
          "customer_tests"."scores",
          LAMBDA "one element" : NOT "one element" IS NULL AND "one element" >= 3
        )
      ) > 0
      AND LEN(
        LIST_FILTER(
          "customer_tests"."scores",
          LAMBDA "one element" : NOT "one element" IS NULL AND NOT (
            "one element" >= 3
          )
        )
      ) = 0
      THEN TRUE
      ELSE FALSE
    END AS "never_low",
    CASE
      WHEN LEN(
        LIST_FILTER(
          "customer_tests"."days",
          LAMBDA "one element" : NOT "one element" IS NULL
          AND (
            "one element" >= CAST('2026-02-01' AS DATE)
            AND "one element" < CAST('2026-02-08' AS DATE)
          )
        )
      ) > 0
      THEN TRUE
      ELSE FALSE
    END AS "soon",
    "customer_tests"."tags" AS "own_tags",
    COALESCE(
      LEN(
        LIST_FILTER(
          "customer_tests"."scores",
          LAMBDA "one element" : NOT "one element" IS NULL AND "one element" >= 5
        )
      ),
      0
    ) AS "high"
  FROM "customer_tests"
  LEFT JOIN "orders_with_id_by_id"
    ON "customer_tests"."id" = "orders_with_id_by_id"."id"
), "customer_2" AS (
  SELECT
    "customer_1".*,
    CASE
      WHEN "vip"
      OR LEN(
        LIST_FILTER(
          "tags",
          LAMBDA "tag element" : NOT "tag element" IS NULL AND LENGTH("tag element") = 1
        )
      ) > 0
      THEN TRUE
      ELSE FALSE
    END AS "vip_or",
    CASE
      WHEN LEN(
        LIST_FILTER("days", LAMBDA "one element" : NOT "one element" IS NULL AND "one element" > "top")
      ) > 0
      THEN TRUE
      ELSE FALSE
    END AS "since_top",
    CASE
      WHEN LEN(
        LIST_FILTER(
          "tags",
          LAMBDA "tag element" : NOT "tag element" IS NULL
          AND LEN(
            LIST_FILTER(
              "own_tags",
              LAMBDA "other element" : NOT "other element" IS NULL
              AND (
                "other element" = UPPER("tag element") AND "other element" <> "tag element"
              )
            )
          ) > 0
        )
      ) > 0
      THEN TRUE
      ELSE FALSE
    END AS "both",
    COALESCE(
      LEN(
        LIST_FILTER(
          "own_tags",
          LAMBDA "one element" : NOT "one element" IS NULL AND "one element" <> 'x'
        )
      ),
      0
    ) AS "of_trait"
  FROM "customer_1"
)
SELECT
  "id",
  "vip",
  "no_vip",
  "only_vip",
  "not_only_vip",
  "has_own_country",
  "scored",
  "never_low",
  "soon",
  "since_top",
  "both",
  "vip_or",
  "top",
  "own_tags",
  "high",
  "of_trait",
  "back",
  "gifts",
  "all_of_country"
FROM "customer_2"
