-- The members of every segment of examples/grocer, worked out by hand and without segrules.
-- `lines`, `campaigns`, `redemptions` and `demographics` are views that the test makes; times are compared as they stand.
with lines as (
    select t.household_id, basket_id, department, brand, product_category,
           sales_value::decimal(8, 2) as paid, retail_disc::decimal(8, 2) + coupon_disc::decimal(8, 2) as saved,
           transaction_timestamp::timestamp as moment
    from transactions t left join products p on p.product_id = t.product_id
    where transaction_timestamp < '2018-01-01'
),
sent as (
    select household_id, campaign_type, start_date::date as starts, end_date::date as ends
    from campaigns left join campaign_descriptions using (campaign_id)
),
home as (
    select household_id, income, kids_count, home_ownership from demographics
),
facts as (
    select household_id,
           date '2017-12-31' - max(moment::date) as recency,
           min(moment::date) as first_day,
           count(distinct basket_id) as visits,
           count(distinct case when moment >= '2017-10-03' then basket_id end) as recent,
           count(distinct case when moment >= '2017-07-05' and moment < '2017-10-03' then basket_id end) as earlier,
           count(distinct case when dayname(moment) in ('Saturday', 'Sunday') then basket_id end) as weekend,
           count(distinct case when moment >= '2017-07-05' and product_category in
               ('BABY FOODS', 'BABYFOOD', 'DIAPERS & DISPOSABLES', 'INFANT FORMULA') then basket_id end) as baby,
           count(distinct case when product_category = 'DOG FOODS' then basket_id end) as dog,
           count(distinct case when product_category in ('CAT FOOD', 'CAT LITTER') then basket_id end) as cat,
           count(distinct case when product_category = 'ORGANICS FRUIT & VEGETABLES' then basket_id end) as organic,
           count(distinct case when product_category in
               ('BEERS/ALES', 'DOMESTIC WINE', 'IMPORTED WINE', 'MISC WINE', 'LIQUOR') then basket_id end) as drinks,
           count(case when department in ('MEAT', 'MEAT-PCKGD', 'SEAFOOD', 'SEAFOOD-PCKGD') then 1 end) as meat,
           sum(paid) as paid, sum(saved) as saved,
           sum(case when department = 'FUEL' then paid else 0 end) as fuel,
           sum(case when is_food then paid else 0 end) as food,
           sum(case when is_food and brand = 'Private' then paid else 0 end) as private
    from (select *, coalesce(department in ('GROCERY', 'PRODUCE', 'MEAT', 'MEAT-PCKGD', 'SEAFOOD', 'SEAFOOD-PCKGD', 'DELI',
                                            'PASTRY', 'NUTRITION', 'SALAD BAR', 'FROZEN GROCERY'), false) as is_food from lines)
    group by household_id
),
mail as (
    select household_id, count(case when starts <= '2017-12-31' then 1 end) as letters, max(starts) as last_start,
           max(case when '2017-12-31' between starts and ends then 1 else 0 end) as running,
           min(case when campaign_type = 'Type A' then 1 else 0 end) as only_a
    from sent group by household_id
),
used as (select household_id, count(*) as coupons from redemptions group by household_id),
everything as (
    select f.*, coalesce(letters, 0) as letters, last_start, coalesce(running, 0) as running, coalesce(only_a, 0) as only_a,
           coalesce(coupons, 0) as coupons, income, kids_count, home_ownership,
           case when recency > 60 then 'gone'
                when recency > 21 and visits >= 12 then 'lapsing'
                when first_day >= '2017-07-05' then 'new'
                when recent >= 24 then 'frequent'
                else 'occasional' end as lifecycle,
           case when income in ('Under 15K', '15-24K', '25-34K') then 'low'
                when income in ('35-49K', '50-74K', '75-99K') then 'middle'
                when income is not null then 'high'
                else 'unknown' end as band
    from facts f left join mail using (household_id) left join used using (household_id) left join home using (household_id)
)
select 'frequent' as segment, household_id from everything where recent >= 24
union all select 'slowing_down', household_id from everything where earlier >= 8 and 2 * recent <= earlier
union all select 'weekend_shoppers', household_id from everything where visits >= 10 and 2 * weekend >= visits
union all select 'big_baskets', household_id from everything where visits >= 10 and paid >= 50 * visits
union all select 'top_up', household_id from everything where visits >= 50 and paid < 15 * visits
union all select 'private_label_lovers', household_id from everything where food >= 100 and private * 10 >= food * 4
union all select 'national_brands', household_id from everything where food >= 100 and private * 100 < food * 15
union all select 'baby', household_id from everything where baby >= 2
union all select 'dog_owners', household_id from everything where dog >= 3
union all select 'cat_owners', household_id from everything where cat >= 3
union all select 'organic', household_id from everything where organic >= 3
union all select 'wine_and_beer', household_id from everything where drinks >= 6
union all select 'no_meat', household_id from everything where visits >= 10 and meat = 0
union all select 'comes_for_fuel', household_id from everything where fuel > 0 and fuel * 4 >= paid
union all select 'redeemers', household_id from everything where coupons > 0
union all select 'coupon_fans', household_id from everything where coupons >= 5
union all select 'targeted_not_redeemed', household_id from everything where letters >= 3 and coupons = 0
union all select 'in_campaign', household_id from everything where running = 1
union all select 'rested', household_id from everything where letters > 0 and last_start < '2017-10-03'
union all select 'only_type_a', household_id from everything where only_a = 1
union all select 'overlooked', household_id from everything where letters = 0 and paid >= 1000
union all select 'deal_seekers', household_id from everything where saved > 0 and saved * 4 >= paid + saved
union all select 'families', household_id from everything where kids_count in ('1', '2', '3+') or baby >= 2
union all select 'affluent_homeowners', household_id from everything
    where band = 'high' and home_ownership in ('Homeowner', 'Probable Homeowner')
union all select 'ask_them', household_id from everything where income is null and paid >= 3000
union all select 'lifecycle.' || lifecycle, household_id from everything
union all select 'income_band.' || band, household_id from everything
