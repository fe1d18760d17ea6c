"""The tables of the demo database. A column without a type is TEXT: dates and times as ISO text, sets as JSON text; flags are 0 or 1."""

from __future__ import annotations

from zlib import crc32

__all__ = ["TABLES", "create_statements", "demo_version", "index_statements"]

EDITION = 2
"""Counted up when the makers draw other rows for the same tables."""

TABLES: dict[str, str] = {
    "customers": "customer_id TEXT PRIMARY KEY, name, kind, nature, industry, party_kind, product_category, dealer_type, origin, platform, region,"
    " region_company, station_id, address, produces_goods INT, annual_demand_tons REAL, sales_mode, own_brand_share_pct REAL, years_selling REAL,"
    " scale, strategy, sales_revenue REAL, business_condition, bottleneck, service_station_at, key_account_location, first_order_date,"
    " account_opened_on, updated_at",
    "contacts": "contact_id TEXT PRIMARY KEY, customer_id, name, gender, age INT, address, phone, email, role, personality_type,"
    " monthly_income REAL, monthly_expense REAL, highest_title, updated_at",
    "staff": "staff_id TEXT PRIMARY KEY, name, role, department, region, manager_id, ability_rank INT, joined_on, left_on",
    "assignments": "customer_id, staff_id, role, from_on, to_on",
    "judgements": "customer_id, name, value, judged_by, judged_on, valid_to",
    "agreements": "agreement_id TEXT PRIMARY KEY, customer_id, kind, signed_on, valid_from, valid_to, amount REAL, signed_by_us, signed_by_customer",
    "orders": "order_id TEXT PRIMARY KEY, customer_id, ordered_on, delivered_on, status, amount REAL, cost REAL, kind, promised_days INT, due_days INT,"
    " payment_terms, buyer_kind, project_id, score_at_order REAL",
    "order_lines": "order_id, product_id, quantity REAL, unit, amount REAL",
    "products": "product_id TEXT PRIMARY KEY, name, category, brand, internal_price REAL, risk_level INT, own_brand INT",
    "quotes": "quote_id TEXT PRIMARY KEY, customer_id, product_id, quoted_on, internal_price REAL, offered_price REAL, requested_discount REAL,"
    " granted_discount REAL",
    "payments": "payment_id TEXT PRIMARY KEY, order_id, customer_id, due_on, paid_on, amount REAL, terms_kept INT",
    "credit_ratings": "customer_id, level, payment_level, credit_limit REAL, trading_terms, rated_on",
    "interactions": "interaction_id TEXT PRIMARY KEY, customer_id, contact_id, staff_id, kind, at, level, rings INT, situation, planned_action,"
    " report_filled INT, reported_on, report_deadline, report_to, callback_items",
    "inquiries": "inquiry_id TEXT PRIMARY KEY, customer_id, kind, received_at, answered_at",
    "cases": "case_id TEXT PRIMARY KEY, customer_id, channel, received_at, closed_at, asks_knowledge INT, asks_result INT, dissatisfied INT, doubts INT,"
    " attitude INT, serious_error INT, large_loss INT, very_dissatisfied INT, difficult INT, form",
    "opportunities": "opportunity_id TEXT PRIMARY KEY, customer_id, need_state, expected_close_on, chance INT, decided INT, budget_state, budget_amount REAL,"
    " budget_fits_policy INT, schedule_clear INT, forecast_sales REAL, forecast_margin_pct REAL, required_margin_pct REAL, forecast_year INT,"
    " closable_in_year INT",
    "follow_ups": "customer_id, at, staff_id, level_before, level_after",
    "projects": "project_id TEXT PRIMARY KEY, customer_id, steps, survey_items, started_on, field_survey_by",
    "ledger_entries": "customer_id, card_no, investigation_form_on, supervisor_ok INT, chairman_informed_on, entered_on, last_survey_on, removed_on,"
    " filed_under, destroyed_on",
    "form_checks": "check_id TEXT PRIMARY KEY, staff_id, customer_id, form, occasion, updated_on_time INT, entry_correct INT, filled_carelessly INT",
    "events": "event_id TEXT PRIMARY KEY, customer_id, kind, at",
    "trades": "trade_id TEXT PRIMARY KEY, customer_id, instrument_kind, issuer_rating, amount REAL, commission REAL, at",
    "investor_profiles": "customer_id, assets REAL, risk_tolerance, range_min INT, range_max INT, expected_return REAL, liquidity_need, goal, constraints,"
    " assessed_on",
    "service_spend": "customer_id, period, amount REAL, hours REAL, kind",
    "gradings": "customer_id, policy_id, subject_kind, stage, grade, score REAL, component_scores, temporary INT, assessed_on, valid_from, valid_to,"
    " decided_by",
    "approvals": "approval_id TEXT PRIMARY KEY, subject, action, role, acted_by, acted_on, outcome",
    "reports": "report_id TEXT PRIMARY KEY, kind, period, by_staff, to_role, handed_in_on, analyses",
    "targets": "staff_id, period, sales_target REAL",
    "policies": "policy_id TEXT PRIMARY KEY, class, made_on, staff_id",
    "trainings": "training_id TEXT PRIMARY KEY, class, held_on, staff_id",
    "parameters": "name, value, source, note",
    "staff_observations": "staff_id, trait, observed_on, observed_by",
    "documents": "document_id TEXT PRIMARY KEY, title, type, category, chapter INT, department, internal_use_only INT, number, registered_on, drafted_by,"
    " reviewed_by, approved_by, released_on",
    "contracts": "contract_id TEXT PRIMARY KEY, type, amount REAL, important INT, nonstandard INT, proofread INT, signed_by, copies, late INT,"
    " in_dispute INT, settled INT, settlement_approved_by, against_rules INT, beyond_authority INT, loss INT",
    "info_assets": "asset_id TEXT PRIMARY KEY, kind, class, people, level",
    "access_requests": "asset_id, person, requested_from, approved_on",
    "candidates": "candidate_id TEXT PRIMARY KEY, education, years_relevant REAL, english_fluent INT, team_lead INT, four_a INT, full_case INT,"
    " online_marketing INT, project_management INT, has_resources INT, variant INT",
    "exam_papers": "paper_id TEXT PRIMARY KEY, answers",
}

INDEXES = (
    "orders",
    "payments",
    "interactions",
    "judgements",
    "quotes",
    "inquiries",
    "agreements",
    "opportunities",
    "follow_ups",
    "cases",
    "trades",
)


def create_statements() -> list[str]:
    """Return the ``CREATE TABLE`` statements, untyped columns as TEXT."""
    statements = []
    for table, columns in TABLES.items():
        written = [column.strip() if " " in column.strip() else f"{column.strip()} TEXT" for column in columns.split(",")]
        statements.append(f"CREATE TABLE {table} ({', '.join(written)})")
    return statements


def demo_version() -> int:
    """Return a number that changes with the tables and the rows, so that a demo made by another version is noticed."""
    return crc32("\n".join([str(EDITION), *create_statements()]).encode()) & 0x7FFFFFFF


def index_statements() -> list[str]:
    """Return the ``CREATE INDEX`` statements for the child tables that policies aggregate by customer."""
    return [f"CREATE INDEX {table}_by_customer ON {table} (customer_id)" for table in INDEXES]
