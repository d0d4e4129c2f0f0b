WITH "customer" AS (
  SELECT
    "id",
    "app",
    "web"
  FROM "customer"
), "customer_tests" AS (
  SELECT
    "customer".*,
    CASE
      WHEN CAST(CASE
        WHEN REGEXP_MATCHES("app", '^v?[0-9]{1,9}(\.[0-9]{1,9}){0,3}(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$')
        THEN LPAD(SPLIT_PART(REGEXP_REPLACE("app", '^v|[-+].*$', '', 'g'), '.', 1), 9, '0') || LPAD(SPLIT_PART(REGEXP_REPLACE("app", '^v|[-+].*$', '', 'g'), '.', 2), 9, '0') || LPAD(SPLIT_PART(REGEXP_REPLACE("app", '^v|[-+].*$', '', 'g'), '.', 3), 9, '0') || LPAD(SPLIT_PART(REGEXP_REPLACE("app", '^v|[-+].*$', '', 'g'), '.', 4), 9, '0') || CASE WHEN REGEXP_MATCHES(SPLIT_PART("app", '+', 1), '-') THEN '0' ELSE '1' END
      END AS DECIMAL(38, 0)) >= 20000000100000000000000000001
      THEN TRUE
      ELSE FALSE
    END AS "version app >= 20000000100000000000000000001"
  FROM "customer"
), "events" AS (
  SELECT
    "id",
    "day",
    "app"
  FROM "events"
  WHERE
    "day" < CAST('2026-02-01' AS DATE)
), "events_by_id" AS (
  SELECT
    "id",
    MAX(
      CAST(CASE
        WHEN REGEXP_MATCHES("app", '^v?[0-9]{1,9}(\.[0-9]{1,9}){0,3}(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$')
        THEN LPAD(SPLIT_PART(REGEXP_REPLACE("app", '^v|[-+].*$', '', 'g'), '.', 1), 9, '0') || LPAD(SPLIT_PART(REGEXP_REPLACE("app", '^v|[-+].*$', '', 'g'), '.', 2), 9, '0') || LPAD(SPLIT_PART(REGEXP_REPLACE("app", '^v|[-+].*$', '', 'g'), '.', 3), 9, '0') || LPAD(SPLIT_PART(REGEXP_REPLACE("app", '^v|[-+].*$', '', 'g'), '.', 4), 9, '0') || CASE WHEN REGEXP_MATCHES(SPLIT_PART("app", '+', 1), '-') THEN '0' ELSE '1' END
      END AS DECIMAL(38, 0))
    ) AS "max_app",
    BOOL_OR(
      CAST(CASE
        WHEN REGEXP_MATCHES("app", '^v?[0-9]{1,9}(\.[0-9]{1,9}){0,3}(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$')
        THEN LPAD(SPLIT_PART(REGEXP_REPLACE("app", '^v|[-+].*$', '', 'g'), '.', 1), 9, '0') || LPAD(SPLIT_PART(REGEXP_REPLACE("app", '^v|[-+].*$', '', 'g'), '.', 2), 9, '0') || LPAD(SPLIT_PART(REGEXP_REPLACE("app", '^v|[-+].*$', '', 'g'), '.', 3), 9, '0') || LPAD(SPLIT_PART(REGEXP_REPLACE("app", '^v|[-+].*$', '', 'g'), '.', 4), 9, '0') || CASE WHEN REGEXP_MATCHES(SPLIT_PART("app", '+', 1), '-') THEN '0' ELSE '1' END
      END AS DECIMAL(38, 0)) < 10000000000000000010000000001
    ) AS "started_old",
    COUNT(
      DISTINCT CAST(CASE
        WHEN REGEXP_MATCHES("app", '^v?[0-9]{1,9}(\.[0-9]{1,9}){0,3}(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$')
        THEN LPAD(SPLIT_PART(REGEXP_REPLACE("app", '^v|[-+].*$', '', 'g'), '.', 1), 9, '0') || LPAD(SPLIT_PART(REGEXP_REPLACE("app", '^v|[-+].*$', '', 'g'), '.', 2), 9, '0') || LPAD(SPLIT_PART(REGEXP_REPLACE("app", '^v|[-+].*$', '', 'g'), '.', 3), 9, '0') || LPAD(SPLIT_PART(REGEXP_REPLACE("app", '^v|[-+].*$', '', 'g'), '.', 4), 9, '0') || CASE WHEN REGEXP_MATCHES(SPLIT_PART("app", '+', 1), '-') THEN '0' ELSE '1' END
      END AS DECIMAL(38, 0))
    ) AS "updates"
  FROM "events"
  GROUP BY
    "id"
), "customer_1" AS (
  SELECT
    "customer_tests".*,
    "events_by_id"."max_app",
    COALESCE("events_by_id"."started_old", FALSE) AS "started_old",
    COALESCE("events_by_id"."updates", 0) AS "updates",
    "customer_tests"."version app >= 20000000100000000000000000001" AS "new_app",
    CASE
      WHEN CAST(CASE
        WHEN REGEXP_MATCHES(
          "customer_tests"."app",
          '^v?[0-9]{1,9}(\.[0-9]{1,9}){0,3}(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$'
        )
        THEN LPAD(
          SPLIT_PART(REGEXP_REPLACE("customer_tests"."app", '^v|[-+].*$', '', 'g'), '.', 1),
          9,
          '0'
        ) || LPAD(
          SPLIT_PART(REGEXP_REPLACE("customer_tests"."app", '^v|[-+].*$', '', 'g'), '.', 2),
          9,
          '0'
        ) || LPAD(
          SPLIT_PART(REGEXP_REPLACE("customer_tests"."app", '^v|[-+].*$', '', 'g'), '.', 3),
          9,
          '0'
        ) || LPAD(
          SPLIT_PART(REGEXP_REPLACE("customer_tests"."app", '^v|[-+].*$', '', 'g'), '.', 4),
          9,
          '0'
        ) || CASE
          WHEN REGEXP_MATCHES(SPLIT_PART("customer_tests"."app", '+', 1), '-')
          THEN '0'
          ELSE '1'
        END
      END AS DECIMAL(38, 0)) < 20000000100000000000000000001
      THEN TRUE
      ELSE FALSE
    END AS "old_app",
    NOT "customer_tests"."version app >= 20000000100000000000000000001" AS "not_new",
    NOT CAST(CASE
      WHEN REGEXP_MATCHES(
        "customer_tests"."app",
        '^v?[0-9]{1,9}(\.[0-9]{1,9}){0,3}(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$'
      )
      THEN LPAD(
        SPLIT_PART(REGEXP_REPLACE("customer_tests"."app", '^v|[-+].*$', '', 'g'), '.', 1),
        9,
        '0'
      ) || LPAD(
        SPLIT_PART(REGEXP_REPLACE("customer_tests"."app", '^v|[-+].*$', '', 'g'), '.', 2),
        9,
        '0'
      ) || LPAD(
        SPLIT_PART(REGEXP_REPLACE("customer_tests"."app", '^v|[-+].*$', '', 'g'), '.', 3),
        9,
        '0'
      ) || LPAD(
        SPLIT_PART(REGEXP_REPLACE("customer_tests"."app", '^v|[-+].*$', '', 'g'), '.', 4),
        9,
        '0'
      ) || CASE
        WHEN REGEXP_MATCHES(SPLIT_PART("customer_tests"."app", '+', 1), '-')
        THEN '0'
        ELSE '1'
      END
    END AS DECIMAL(38, 0)) IS NULL AS "has_version",
    CASE
      WHEN CAST(CASE
        WHEN REGEXP_MATCHES(
          "customer_tests"."app",
          '^v?[0-9]{1,9}(\.[0-9]{1,9}){0,3}(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$'
        )
        THEN LPAD(
          SPLIT_PART(REGEXP_REPLACE("customer_tests"."app", '^v|[-+].*$', '', 'g'), '.', 1),
          9,
          '0'
        ) || LPAD(
          SPLIT_PART(REGEXP_REPLACE("customer_tests"."app", '^v|[-+].*$', '', 'g'), '.', 2),
          9,
          '0'
        ) || LPAD(
          SPLIT_PART(REGEXP_REPLACE("customer_tests"."app", '^v|[-+].*$', '', 'g'), '.', 3),
          9,
          '0'
        ) || LPAD(
          SPLIT_PART(REGEXP_REPLACE("customer_tests"."app", '^v|[-+].*$', '', 'g'), '.', 4),
          9,
          '0'
        ) || CASE
          WHEN REGEXP_MATCHES(SPLIT_PART("customer_tests"."app", '+', 1), '-')
          THEN '0'
          ELSE '1'
        END
      END AS DECIMAL(38, 0)) = 20000000100000000000000000001
      THEN TRUE
      ELSE FALSE
    END AS "release",
    CASE
      WHEN CAST(CASE
        WHEN REGEXP_MATCHES(
          "customer_tests"."app",
          '^v?[0-9]{1,9}(\.[0-9]{1,9}){0,3}(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$'
        )
        THEN LPAD(
          SPLIT_PART(REGEXP_REPLACE("customer_tests"."app", '^v|[-+].*$', '', 'g'), '.', 1),
          9,
          '0'
        ) || LPAD(
          SPLIT_PART(REGEXP_REPLACE("customer_tests"."app", '^v|[-+].*$', '', 'g'), '.', 2),
          9,
          '0'
        ) || LPAD(
          SPLIT_PART(REGEXP_REPLACE("customer_tests"."app", '^v|[-+].*$', '', 'g'), '.', 3),
          9,
          '0'
        ) || LPAD(
          SPLIT_PART(REGEXP_REPLACE("customer_tests"."app", '^v|[-+].*$', '', 'g'), '.', 4),
          9,
          '0'
        ) || CASE
          WHEN REGEXP_MATCHES(SPLIT_PART("customer_tests"."app", '+', 1), '-')
          THEN '0'
          ELSE '1'
        END
      END AS DECIMAL(38, 0)) IN (10000000000000000000000000001, 20000000100000000000000000001)
      THEN TRUE
      ELSE FALSE
    END AS "listed",
    CASE
      WHEN CAST(CASE
        WHEN REGEXP_MATCHES(
          "customer_tests"."app",
          '^v?[0-9]{1,9}(\.[0-9]{1,9}){0,3}(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$'
        )
        THEN LPAD(
          SPLIT_PART(REGEXP_REPLACE("customer_tests"."app", '^v|[-+].*$', '', 'g'), '.', 1),
          9,
          '0'
        ) || LPAD(
          SPLIT_PART(REGEXP_REPLACE("customer_tests"."app", '^v|[-+].*$', '', 'g'), '.', 2),
          9,
          '0'
        ) || LPAD(
          SPLIT_PART(REGEXP_REPLACE("customer_tests"."app", '^v|[-+].*$', '', 'g'), '.', 3),
          9,
          '0'
        ) || LPAD(
          SPLIT_PART(REGEXP_REPLACE("customer_tests"."app", '^v|[-+].*$', '', 'g'), '.', 4),
          9,
          '0'
        ) || CASE
          WHEN REGEXP_MATCHES(SPLIT_PART("customer_tests"."app", '+', 1), '-')
          THEN '0'
          ELSE '1'
        END
      END AS DECIMAL(38, 0)) IN (20000000090000000000000000001, 20000000100000000000000000001)
      THEN TRUE
      ELSE FALSE
    END AS "listed_here",
    CASE
      WHEN CAST(CASE
        WHEN REGEXP_MATCHES(
          "customer_tests"."app",
          '^v?[0-9]{1,9}(\.[0-9]{1,9}){0,3}(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$'
        )
        THEN LPAD(
          SPLIT_PART(REGEXP_REPLACE("customer_tests"."app", '^v|[-+].*$', '', 'g'), '.', 1),
          9,
          '0'
        ) || LPAD(
          SPLIT_PART(REGEXP_REPLACE("customer_tests"."app", '^v|[-+].*$', '', 'g'), '.', 2),
          9,
          '0'
        ) || LPAD(
          SPLIT_PART(REGEXP_REPLACE("customer_tests"."app", '^v|[-+].*$', '', 'g'), '.', 3),
          9,
          '0'
        ) || LPAD(
          SPLIT_PART(REGEXP_REPLACE("customer_tests"."app", '^v|[-+].*$', '', 'g'), '.', 4),
          9,
          '0'
        ) || CASE
          WHEN REGEXP_MATCHES(SPLIT_PART("customer_tests"."app", '+', 1), '-')
          THEN '0'
          ELSE '1'
        END
      END AS DECIMAL(38, 0)) >= 20000000090000000000000000001
      AND CAST(CASE
        WHEN REGEXP_MATCHES(
          "customer_tests"."app",
          '^v?[0-9]{1,9}(\.[0-9]{1,9}){0,3}(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$'
        )
        THEN LPAD(
          SPLIT_PART(REGEXP_REPLACE("customer_tests"."app", '^v|[-+].*$', '', 'g'), '.', 1),
          9,
          '0'
        ) || LPAD(
          SPLIT_PART(REGEXP_REPLACE("customer_tests"."app", '^v|[-+].*$', '', 'g'), '.', 2),
          9,
          '0'
        ) || LPAD(
          SPLIT_PART(REGEXP_REPLACE("customer_tests"."app", '^v|[-+].*$', '', 'g'), '.', 3),
          9,
          '0'
        ) || LPAD(
          SPLIT_PART(REGEXP_REPLACE("customer_tests"."app", '^v|[-+].*$', '', 'g'), '.', 4),
          9,
          '0'
        ) || CASE
          WHEN REGEXP_MATCHES(SPLIT_PART("customer_tests"."app", '+', 1), '-')
          THEN '0'
          ELSE '1'
        END
      END AS DECIMAL(38, 0)) <= 20000000100000000000000000001
      THEN TRUE
      ELSE FALSE
    END AS "between_two",
    CASE
      WHEN CAST(CASE
        WHEN REGEXP_MATCHES(
          "customer_tests"."app",
          '^v?[0-9]{1,9}(\.[0-9]{1,9}){0,3}(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$'
        )
        THEN LPAD(
          SPLIT_PART(REGEXP_REPLACE("customer_tests"."app", '^v|[-+].*$', '', 'g'), '.', 1),
          9,
          '0'
        ) || LPAD(
          SPLIT_PART(REGEXP_REPLACE("customer_tests"."app", '^v|[-+].*$', '', 'g'), '.', 2),
          9,
          '0'
        ) || LPAD(
          SPLIT_PART(REGEXP_REPLACE("customer_tests"."app", '^v|[-+].*$', '', 'g'), '.', 3),
          9,
          '0'
        ) || LPAD(
          SPLIT_PART(REGEXP_REPLACE("customer_tests"."app", '^v|[-+].*$', '', 'g'), '.', 4),
          9,
          '0'
        ) || CASE
          WHEN REGEXP_MATCHES(SPLIT_PART("customer_tests"."app", '+', 1), '-')
          THEN '0'
          ELSE '1'
        END
      END AS DECIMAL(38, 0)) > CAST(CASE
        WHEN REGEXP_MATCHES(
          "customer_tests"."web",
          '^v?[0-9]{1,9}(\.[0-9]{1,9}){0,3}(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$'
        )
        THEN LPAD(
          SPLIT_PART(REGEXP_REPLACE("customer_tests"."web", '^v|[-+].*$', '', 'g'), '.', 1),
          9,
          '0'
        ) || LPAD(
          SPLIT_PART(REGEXP_REPLACE("customer_tests"."web", '^v|[-+].*$', '', 'g'), '.', 2),
          9,
          '0'
        ) || LPAD(
          SPLIT_PART(REGEXP_REPLACE("customer_tests"."web", '^v|[-+].*$', '', 'g'), '.', 3),
          9,
          '0'
        ) || LPAD(
          SPLIT_PART(REGEXP_REPLACE("customer_tests"."web", '^v|[-+].*$', '', 'g'), '.', 4),
          9,
          '0'
        ) || CASE
          WHEN REGEXP_MATCHES(SPLIT_PART("customer_tests"."web", '+', 1), '-')
          THEN '0'
          ELSE '1'
        END
      END AS DECIMAL(38, 0))
      THEN TRUE
      ELSE FALSE
    END AS "ahead",
    CASE
      WHEN COALESCE(
        CAST(CASE
          WHEN REGEXP_MATCHES(
            "customer_tests"."app",
            '^v?[0-9]{1,9}(\.[0-9]{1,9}){0,3}(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$'
          )
          THEN LPAD(
            SPLIT_PART(REGEXP_REPLACE("customer_tests"."app", '^v|[-+].*$', '', 'g'), '.', 1),
            9,
            '0'
          ) || LPAD(
            SPLIT_PART(REGEXP_REPLACE("customer_tests"."app", '^v|[-+].*$', '', 'g'), '.', 2),
            9,
            '0'
          ) || LPAD(
            SPLIT_PART(REGEXP_REPLACE("customer_tests"."app", '^v|[-+].*$', '', 'g'), '.', 3),
            9,
            '0'
          ) || LPAD(
            SPLIT_PART(REGEXP_REPLACE("customer_tests"."app", '^v|[-+].*$', '', 'g'), '.', 4),
            9,
            '0'
          ) || CASE
            WHEN REGEXP_MATCHES(SPLIT_PART("customer_tests"."app", '+', 1), '-')
            THEN '0'
            ELSE '1'
          END
        END AS DECIMAL(38, 0)),
        CAST(CASE
          WHEN REGEXP_MATCHES(
            "customer_tests"."web",
            '^v?[0-9]{1,9}(\.[0-9]{1,9}){0,3}(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$'
          )
          THEN LPAD(
            SPLIT_PART(REGEXP_REPLACE("customer_tests"."web", '^v|[-+].*$', '', 'g'), '.', 1),
            9,
            '0'
          ) || LPAD(
            SPLIT_PART(REGEXP_REPLACE("customer_tests"."web", '^v|[-+].*$', '', 'g'), '.', 2),
            9,
            '0'
          ) || LPAD(
            SPLIT_PART(REGEXP_REPLACE("customer_tests"."web", '^v|[-+].*$', '', 'g'), '.', 3),
            9,
            '0'
          ) || LPAD(
            SPLIT_PART(REGEXP_REPLACE("customer_tests"."web", '^v|[-+].*$', '', 'g'), '.', 4),
            9,
            '0'
          ) || CASE
            WHEN REGEXP_MATCHES(SPLIT_PART("customer_tests"."web", '+', 1), '-')
            THEN '0'
            ELSE '1'
          END
        END AS DECIMAL(38, 0))
      ) >= 20000000000000000000000000001
      THEN TRUE
      ELSE FALSE
    END AS "either"
  FROM "customer_tests"
  LEFT JOIN "events_by_id"
    ON "customer_tests"."id" = "events_by_id"."id"
), "customer_2" AS (
  SELECT
    "customer_1".*,
    CASE WHEN "max_app" >= 30000000000000000000000000001 THEN TRUE ELSE FALSE END AS "had_new"
  FROM "customer_1"
)
SELECT
  "id",
  "new_app",
  "old_app",
  "not_new",
  "has_version",
  "release",
  "listed",
  "listed_here",
  "between_two",
  "ahead",
  "either",
  "had_new",
  "started_old",
  "updates"
FROM "customer_2"
