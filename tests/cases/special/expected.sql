WITH "customer" AS (
  SELECT
    "id",
    "age",
    "country",
    "news",
    "lat",
    "lon",
    "born",
    "seen"
  FROM "customer"
), "customer_tests" AS (
  SELECT
    "customer".*,
    CASE
      WHEN (
        (
          CASE WHEN "age" >= 18 THEN 1 ELSE 0 END + CASE WHEN "country" = 'TH' THEN 1 ELSE 0 END
        ) + CASE WHEN "news" THEN 1 ELSE 0 END
      ) >= 2
      THEN TRUE
      ELSE FALSE
    END AS "add … >= 2"
  FROM "customer"
), "orders" AS (
  SELECT
    "id",
    "day",
    "paid",
    "gift",
    "web"
  FROM "orders"
  WHERE
    "day" < CAST('2026-02-28' AS DATE)
), "orders_looked_at" AS (
  SELECT
    *
  FROM "orders"
  WHERE
    (
      (
        CASE WHEN "paid" THEN 1 ELSE 0 END + CASE WHEN "gift" THEN 1 ELSE 0 END
      ) + CASE WHEN "web" THEN 1 ELSE 0 END
    ) >= 2
), "orders_by_id" AS (
  SELECT
    "id",
    COUNT(*) AS "two_marks"
  FROM "orders_looked_at"
  GROUP BY
    "id"
), "customer_1" AS (
  SELECT
    "customer_tests".*,
    COALESCE("orders_by_id"."two_marks", 0) AS "two_marks",
    "customer_tests"."add … >= 2" AS "two_of_three",
    NOT "customer_tests"."add … >= 2" AS "at_most_one",
    "customer_tests"."add … >= 2"
    AND (
      (
        CASE WHEN "customer_tests"."age" >= 18 THEN 1 ELSE 0 END + CASE WHEN "customer_tests"."country" = 'TH' THEN 1 ELSE 0 END
      ) + CASE WHEN "customer_tests"."news" THEN 1 ELSE 0 END
    ) < 3 AS "exactly_two",
    CASE
      WHEN CASE
        WHEN ABS("customer_tests"."lat") <= 90 AND ABS("customer_tests"."lon") <= 180
        THEN SIGN(
          2 * CAST(6371.0088 AS DOUBLE) * ASIN(
            LEAST(
              SQRT(
                POWER(
                  SIN(
                    (
                      RADIANS(CAST(13.75 AS DOUBLE)) - RADIANS(CAST("customer_tests"."lat" AS DOUBLE))
                    ) / CAST(2 AS DOUBLE)
                  ),
                  2
                ) + COS(RADIANS(CAST("customer_tests"."lat" AS DOUBLE))) * COS(RADIANS(CAST(13.75 AS DOUBLE))) * POWER(
                  SIN(
                    (
                      RADIANS(CAST(100.5 AS DOUBLE)) - RADIANS(CAST("customer_tests"."lon" AS DOUBLE))
                    ) / CAST(2 AS DOUBLE)
                  ),
                  2
                )
              ),
              CAST(1 AS DOUBLE)
            )
          ) * 1000000
        ) * FLOOR(
          ABS(
            2 * CAST(6371.0088 AS DOUBLE) * ASIN(
              LEAST(
                SQRT(
                  POWER(
                    SIN(
                      (
                        RADIANS(CAST(13.75 AS DOUBLE)) - RADIANS(CAST("customer_tests"."lat" AS DOUBLE))
                      ) / CAST(2 AS DOUBLE)
                    ),
                    2
                  ) + COS(RADIANS(CAST("customer_tests"."lat" AS DOUBLE))) * COS(RADIANS(CAST(13.75 AS DOUBLE))) * POWER(
                    SIN(
                      (
                        RADIANS(CAST(100.5 AS DOUBLE)) - RADIANS(CAST("customer_tests"."lon" AS DOUBLE))
                      ) / CAST(2 AS DOUBLE)
                    ),
                    2
                  )
                ),
                CAST(1 AS DOUBLE)
              )
            ) * 1000000
          ) + 0.49999999999999994
        ) / CAST(1000000 AS DOUBLE)
      END < 10
      THEN TRUE
      ELSE FALSE
    END AS "near",
    CASE
      WHEN CASE
        WHEN ABS("customer_tests"."lat") <= 90 AND ABS(90 + 90.5) <= 180
        THEN SIGN(
          2 * CAST(6371.0088 AS DOUBLE) * ASIN(
            LEAST(
              SQRT(
                POWER(
                  SIN(
                    (
                      RADIANS(CAST(13.75 AS DOUBLE)) - RADIANS(CAST("customer_tests"."lat" AS DOUBLE))
                    ) / CAST(2 AS DOUBLE)
                  ),
                  2
                ) + COS(RADIANS(CAST("customer_tests"."lat" AS DOUBLE))) * COS(RADIANS(CAST(13.75 AS DOUBLE))) * POWER(
                  SIN(
                    (
                      RADIANS(CAST(100.5 AS DOUBLE)) - RADIANS(CAST(90 + 90.5 AS DOUBLE))
                    ) / CAST(2 AS DOUBLE)
                  ),
                  2
                )
              ),
              CAST(1 AS DOUBLE)
            )
          ) * 1000000
        ) * FLOOR(
          ABS(
            2 * CAST(6371.0088 AS DOUBLE) * ASIN(
              LEAST(
                SQRT(
                  POWER(
                    SIN(
                      (
                        RADIANS(CAST(13.75 AS DOUBLE)) - RADIANS(CAST("customer_tests"."lat" AS DOUBLE))
                      ) / CAST(2 AS DOUBLE)
                    ),
                    2
                  ) + COS(RADIANS(CAST("customer_tests"."lat" AS DOUBLE))) * COS(RADIANS(CAST(13.75 AS DOUBLE))) * POWER(
                    SIN(
                      (
                        RADIANS(CAST(100.5 AS DOUBLE)) - RADIANS(CAST(90 + 90.5 AS DOUBLE))
                      ) / CAST(2 AS DOUBLE)
                    ),
                    2
                  )
                ),
                CAST(1 AS DOUBLE)
              )
            ) * 1000000
          ) + 0.49999999999999994
        ) / CAST(1000000 AS DOUBLE)
      END IS NULL
      THEN TRUE
      ELSE FALSE
    END AS "off_the_globe",
    CASE
      WHEN CASE
        WHEN ABS("customer_tests"."lat") <= 90 AND ABS(CASE WHEN 2 < 1 THEN 5 END) <= 180
        THEN SIGN(
          2 * CAST(6371.0088 AS DOUBLE) * ASIN(
            LEAST(
              SQRT(
                POWER(
                  SIN(
                    (
                      RADIANS(CAST(13.75 AS DOUBLE)) - RADIANS(CAST("customer_tests"."lat" AS DOUBLE))
                    ) / CAST(2 AS DOUBLE)
                  ),
                  2
                ) + COS(RADIANS(CAST("customer_tests"."lat" AS DOUBLE))) * COS(RADIANS(CAST(13.75 AS DOUBLE))) * POWER(
                  SIN(
                    (
                      RADIANS(CAST(100.5 AS DOUBLE)) - RADIANS(CAST(CASE WHEN 2 < 1 THEN 5 END AS DOUBLE))
                    ) / CAST(2 AS DOUBLE)
                  ),
                  2
                )
              ),
              CAST(1 AS DOUBLE)
            )
          ) * 1000000
        ) * FLOOR(
          ABS(
            2 * CAST(6371.0088 AS DOUBLE) * ASIN(
              LEAST(
                SQRT(
                  POWER(
                    SIN(
                      (
                        RADIANS(CAST(13.75 AS DOUBLE)) - RADIANS(CAST("customer_tests"."lat" AS DOUBLE))
                      ) / CAST(2 AS DOUBLE)
                    ),
                    2
                  ) + COS(RADIANS(CAST("customer_tests"."lat" AS DOUBLE))) * COS(RADIANS(CAST(13.75 AS DOUBLE))) * POWER(
                    SIN(
                      (
                        RADIANS(CAST(100.5 AS DOUBLE)) - RADIANS(CAST(CASE WHEN 2 < 1 THEN 5 END AS DOUBLE))
                      ) / CAST(2 AS DOUBLE)
                    ),
                    2
                  )
                ),
                CAST(1 AS DOUBLE)
              )
            ) * 1000000
          ) + 0.49999999999999994
        ) / CAST(1000000 AS DOUBLE)
      END IS NULL
      THEN TRUE
      ELSE FALSE
    END AS "nowhere",
    CASE
      WHEN CASE
        WHEN CAST("customer_tests"."born" + GREATEST(2026 - CAST(EXTRACT(year FROM "customer_tests"."born") AS INT), 0) * INTERVAL '1' YEAR AS DATE) < CAST('2026-02-27' AS DATE)
        THEN CAST("customer_tests"."born" + (
          GREATEST(2026 - CAST(EXTRACT(year FROM "customer_tests"."born") AS INT), 0) + 1
        ) * INTERVAL '1' YEAR AS DATE)
        ELSE CAST("customer_tests"."born" + GREATEST(2026 - CAST(EXTRACT(year FROM "customer_tests"."born") AS INT), 0) * INTERVAL '1' YEAR AS DATE)
      END >= CAST('2026-02-28' AS DATE)
      AND CASE
        WHEN CAST("customer_tests"."born" + GREATEST(2026 - CAST(EXTRACT(year FROM "customer_tests"."born") AS INT), 0) * INTERVAL '1' YEAR AS DATE) < CAST('2026-02-27' AS DATE)
        THEN CAST("customer_tests"."born" + (
          GREATEST(2026 - CAST(EXTRACT(year FROM "customer_tests"."born") AS INT), 0) + 1
        ) * INTERVAL '1' YEAR AS DATE)
        ELSE CAST("customer_tests"."born" + GREATEST(2026 - CAST(EXTRACT(year FROM "customer_tests"."born") AS INT), 0) * INTERVAL '1' YEAR AS DATE)
      END < CAST('2026-03-07' AS DATE)
      THEN TRUE
      ELSE FALSE
    END AS "birthday_soon",
    CASE
      WHEN CASE
        WHEN CAST("customer_tests"."born" + GREATEST(2026 - CAST(EXTRACT(year FROM "customer_tests"."born") AS INT), 0) * INTERVAL '1' YEAR AS DATE) < CAST('2026-02-27' AS DATE)
        THEN CAST("customer_tests"."born" + (
          GREATEST(2026 - CAST(EXTRACT(year FROM "customer_tests"."born") AS INT), 0) + 1
        ) * INTERVAL '1' YEAR AS DATE)
        ELSE CAST("customer_tests"."born" + GREATEST(2026 - CAST(EXTRACT(year FROM "customer_tests"."born") AS INT), 0) * INTERVAL '1' YEAR AS DATE)
      END = CAST('2026-02-27' AS DATE)
      THEN TRUE
      ELSE FALSE
    END AS "birthday_today",
    CASE
      WHEN (
        CAST('0x' || LEFT(MD5('half:' || CAST("customer_tests"."id" AS TEXT)), 15) AS BIGINT) % 100 + 1
      ) <= 50
      THEN TRUE
      ELSE FALSE
    END AS "half",
    CASE
      WHEN ABS("customer_tests"."lat") <= 90 AND ABS("customer_tests"."lon") <= 180
      THEN SIGN(
        2 * CAST(6371.0088 AS DOUBLE) * ASIN(
          LEAST(
            SQRT(
              POWER(
                SIN(
                  (
                    RADIANS(CAST(13.75 AS DOUBLE)) - RADIANS(CAST("customer_tests"."lat" AS DOUBLE))
                  ) / CAST(2 AS DOUBLE)
                ),
                2
              ) + COS(RADIANS(CAST("customer_tests"."lat" AS DOUBLE))) * COS(RADIANS(CAST(13.75 AS DOUBLE))) * POWER(
                SIN(
                  (
                    RADIANS(CAST(100.5 AS DOUBLE)) - RADIANS(CAST("customer_tests"."lon" AS DOUBLE))
                  ) / CAST(2 AS DOUBLE)
                ),
                2
              )
            ),
            CAST(1 AS DOUBLE)
          )
        ) * 1000000
      ) * FLOOR(
        ABS(
          2 * CAST(6371.0088 AS DOUBLE) * ASIN(
            LEAST(
              SQRT(
                POWER(
                  SIN(
                    (
                      RADIANS(CAST(13.75 AS DOUBLE)) - RADIANS(CAST("customer_tests"."lat" AS DOUBLE))
                    ) / CAST(2 AS DOUBLE)
                  ),
                  2
                ) + COS(RADIANS(CAST("customer_tests"."lat" AS DOUBLE))) * COS(RADIANS(CAST(13.75 AS DOUBLE))) * POWER(
                  SIN(
                    (
                      RADIANS(CAST(100.5 AS DOUBLE)) - RADIANS(CAST("customer_tests"."lon" AS DOUBLE))
                    ) / CAST(2 AS DOUBLE)
                  ),
                  2
                )
              ),
              CAST(1 AS DOUBLE)
            )
          ) * 1000000
        ) + 0.49999999999999994
      ) / CAST(1000000 AS DOUBLE)
    END AS "to_bangkok",
    CASE
      WHEN CAST("customer_tests"."born" + GREATEST(2026 - CAST(EXTRACT(year FROM "customer_tests"."born") AS INT), 0) * INTERVAL '1' YEAR AS DATE) < CAST('2026-02-27' AS DATE)
      THEN CAST("customer_tests"."born" + (
        GREATEST(2026 - CAST(EXTRACT(year FROM "customer_tests"."born") AS INT), 0) + 1
      ) * INTERVAL '1' YEAR AS DATE)
      ELSE CAST("customer_tests"."born" + GREATEST(2026 - CAST(EXTRACT(year FROM "customer_tests"."born") AS INT), 0) * INTERVAL '1' YEAR AS DATE)
    END AS "next_birthday",
    CASE
      WHEN CAST(CAST("customer_tests"."seen" AT TIME ZONE 'UTC' AT TIME ZONE 'Asia/Bangkok' AS DATE) + GREATEST(
        2026 - CAST(EXTRACT(year FROM CAST("customer_tests"."seen" AT TIME ZONE 'UTC' AT TIME ZONE 'Asia/Bangkok' AS DATE)) AS INT),
        0
      ) * INTERVAL '1' YEAR AS DATE) < CAST('2026-02-27' AS DATE)
      THEN CAST(CAST("customer_tests"."seen" AT TIME ZONE 'UTC' AT TIME ZONE 'Asia/Bangkok' AS DATE) + (
        GREATEST(
          2026 - CAST(EXTRACT(year FROM CAST("customer_tests"."seen" AT TIME ZONE 'UTC' AT TIME ZONE 'Asia/Bangkok' AS DATE)) AS INT),
          0
        ) + 1
      ) * INTERVAL '1' YEAR AS DATE)
      ELSE CAST(CAST("customer_tests"."seen" AT TIME ZONE 'UTC' AT TIME ZONE 'Asia/Bangkok' AS DATE) + GREATEST(
        2026 - CAST(EXTRACT(year FROM CAST("customer_tests"."seen" AT TIME ZONE 'UTC' AT TIME ZONE 'Asia/Bangkok' AS DATE)) AS INT),
        0
      ) * INTERVAL '1' YEAR AS DATE)
    END AS "next_seen",
    CAST('0x' || LEFT(MD5('spring:' || CAST("customer_tests"."id" AS TEXT)), 15) AS BIGINT) % 10 + 1 AS "of_ten",
    CAST('0x' || LEFT(MD5(':' || CAST("customer_tests"."id" AS TEXT)), 15) AS BIGINT) % 1000000 + 1 AS "plain"
  FROM "customer_tests"
  LEFT JOIN "orders_by_id"
    ON "customer_tests"."id" = "orders_by_id"."id"
)
SELECT
  "id",
  "two_of_three",
  "at_most_one",
  "exactly_two",
  "near",
  "off_the_globe",
  "nowhere",
  "birthday_soon",
  "birthday_today",
  "half",
  "to_bangkok",
  "next_birthday",
  "next_seen",
  "of_ten",
  "plain",
  "two_marks"
FROM "customer_1"

WITH "shop" AS (
  SELECT
    "code"
  FROM "shop"
), "shop_1" AS (
  SELECT
    "shop".*,
    CASE
      WHEN (
        CAST('0x' || LEFT(MD5(':' || CAST("code" AS TEXT)), 15) AS BIGINT) % 2 + 1
      ) = 1
      THEN TRUE
      ELSE FALSE
    END AS "one_in_two",
    CAST('0x' || LEFT(MD5('ฤดู''ร้อน:' || CAST("code" AS TEXT)), 15) AS BIGINT) % 7 + 1 AS "pick"
  FROM "shop"
)
SELECT
  "code",
  "one_in_two",
  "pick"
FROM "shop_1"
