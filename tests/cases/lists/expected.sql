WITH "customer" AS (
  SELECT
    "id",
    "email",
    "born",
    "limit",
    "score",
    "seen",
    "tags"
  FROM "customer"
), "customer_tests" AS (
  SELECT
    "customer".*,
    CASE
      WHEN "email" IN ('ann@example.com', 'bob@example.com', 'eve"x@example.com')
      THEN TRUE
      ELSE FALSE
    END AS "email in ann@example.com, bob@example.com, eve""…",
    CASE
      WHEN "id" IN (
        SELECT
          CAST(UNNEST(
            STRING_SPLIT(
              '-3|-2|-1|2|3|4|5|6|7|8|9|10|11|12|13|14|15|16|17|18|19|20|21|22|23|24|25|26|27|28|29|30|31|32|33|34|35|36|37|38|39|40|41|42|43|44|45|46|47|48|49|50|51|52|53|54|55|56|57|58|59',
              '|'
            )
          ) AS BIGINT)
      )
      THEN TRUE
      ELSE FALSE
    END AS "id in -3, -2, -1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 1…"
  FROM "customer"
), "orders" AS (
  SELECT
    "id",
    "sku"
  FROM "orders"
), "orders_by_id" AS (
  SELECT
    "id",
    BOOL_OR(
      "sku" IN (
        SELECT
          UNNEST(
            STRING_SPLIT(
              'its
a|b
กข
it''s
s0
s1
s2
s3
s4
s5
s6
s7
s8
s9
s10
s11
s12
s13
s14
s15
s16
s17
s18
s19
s20
s21
s22
s23
s24
s25
s26
s27
s28
s29
s30
s31
s32
s33
s34
s35
s36
s37
s38
s39
s40
s41
s42
s43
s44
s45
s46
s47
s48
s49
s50
s51
s52
s53
s54
s55
s56
s57
s58
s59',
              '
'
            )
          )
      )
    ) AS "many_skus",
    COUNT(
      CASE
        WHEN NOT (
          "sku" IN (
            SELECT
              UNNEST(
                STRING_SPLIT(
                  'its
a|b
กข
it''s
s0
s1
s2
s3
s4
s5
s6
s7
s8
s9
s10
s11
s12
s13
s14
s15
s16
s17
s18
s19
s20
s21
s22
s23
s24
s25
s26
s27
s28
s29
s30
s31
s32
s33
s34
s35
s36
s37
s38
s39
s40
s41
s42
s43
s44
s45
s46
s47
s48
s49
s50
s51
s52
s53
s54
s55
s56
s57
s58
s59',
                  '
'
                )
              )
          )
        ) IS TRUE
        THEN 1
      END
    ) AS "count_orders"
  FROM "orders"
  GROUP BY
    "id"
), "customer_1" AS (
  SELECT
    "customer_tests".*,
    COALESCE("orders_by_id"."many_skus", FALSE) AS "many_skus",
    COALESCE("orders_by_id"."count_orders", 0) AS "count_orders",
    "customer_tests"."email in ann@example.com, bob@example.com, eve""…" AS "by_email",
    CASE WHEN "customer_tests"."id" IN (1, 3) THEN TRUE ELSE FALSE END AS "by_key",
    CASE WHEN "customer_tests"."id" IN (2) THEN TRUE ELSE FALSE END AS "by_unknown_header",
    CASE
      WHEN LOWER("customer_tests"."email") IN ('ann@example.com', 'bob@example.com', 'eve"x@example.com')
      THEN TRUE
      ELSE FALSE
    END AS "named",
    NOT "customer_tests"."email in ann@example.com, bob@example.com, eve""…" AS "not_by_email",
    "customer_tests"."id in -3, -2, -1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 1…" AS "many",
    NOT "customer_tests"."id in -3, -2, -1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 1…" AS "not_many",
    CASE
      WHEN "customer_tests"."born" IN (CAST('2000-02-29' AS DATE))
      THEN TRUE
      ELSE FALSE
    END AS "born_2",
    CASE WHEN "customer_tests"."limit" IN (12, 12.50, -0.5) THEN TRUE ELSE FALSE END AS "limits",
    CASE
      WHEN CAST(ROUND("customer_tests"."limit", 1) AS DECIMAL(10, 1)) IN (
        11.91,
        11.92,
        11.93,
        11.94,
        11.95,
        11.96,
        11.97,
        11.98,
        11.99,
        12.00,
        50.01,
        50.02,
        50.03,
        50.04,
        50.05,
        50.06,
        50.07,
        50.08,
        50.09,
        50.10,
        50.11,
        50.12,
        50.13,
        50.14,
        50.15,
        50.16,
        50.17,
        50.18,
        50.19,
        50.20,
        50.21,
        50.22,
        50.23,
        50.24,
        50.25,
        50.26,
        50.27,
        50.28,
        50.29,
        50.30,
        50.31,
        50.32,
        50.33,
        50.34,
        50.35,
        50.36,
        50.37,
        50.38,
        50.39,
        50.40,
        50.41,
        50.42,
        50.43,
        50.44,
        50.45,
        50.46,
        50.47,
        50.48,
        50.49,
        50.50,
        50.51,
        50.52,
        50.53,
        50.54,
        50.55,
        50.56,
        50.57,
        50.58,
        50.59,
        12.49,
        -0.51
      )
      THEN TRUE
      ELSE FALSE
    END AS "many_limits",
    CASE
      WHEN LEN(
        LIST_FILTER(
          "customer_tests"."tags",
          LAMBDA "tag element" : NOT "tag element" IS NULL
          AND "tag element" IN (
            'its',
            'a|b',
            'กข',
            'it''s',
            's0',
            's1',
            's2',
            's3',
            's4',
            's5',
            's6',
            's7',
            's8',
            's9',
            's10',
            's11',
            's12',
            's13',
            's14',
            's15',
            's16',
            's17',
            's18',
            's19',
            's20',
            's21',
            's22',
            's23',
            's24',
            's25',
            's26',
            's27',
            's28',
            's29',
            's30',
            's31',
            's32',
            's33',
            's34',
            's35',
            's36',
            's37',
            's38',
            's39',
            's40',
            's41',
            's42',
            's43',
            's44',
            's45',
            's46',
            's47',
            's48',
            's49',
            's50',
            's51',
            's52',
            's53',
            's54',
            's55',
            's56',
            's57',
            's58',
            's59'
          )
        )
      ) > 0
      THEN TRUE
      ELSE FALSE
    END AS "tagged",
    CASE WHEN "customer_tests"."score" IN (12, 12.50, -0.5) THEN TRUE ELSE FALSE END AS "scores",
    CASE
      WHEN "customer_tests"."seen" IN (
        CAST('2026-01-01 12:00:00' AS TIMESTAMP),
        CAST('2026-01-02 00:00:00.500000' AS TIMESTAMP)
      )
      THEN TRUE
      ELSE FALSE
    END AS "seen_2"
  FROM "customer_tests"
  LEFT JOIN "orders_by_id"
    ON "customer_tests"."id" = "orders_by_id"."id"
), "customer_2" AS (
  SELECT
    "customer_1".*,
    CASE WHEN "count_orders" >= 2 THEN TRUE ELSE FALSE END AS "other_skus"
  FROM "customer_1"
)
SELECT
  "id",
  "by_email",
  "by_key",
  "by_unknown_header",
  "named",
  "not_by_email",
  "many",
  "not_many",
  "many_skus",
  "other_skus",
  "born_2" AS "born",
  "limits",
  "many_limits",
  "tagged",
  "scores",
  "seen_2" AS "seen"
FROM "customer_2"
