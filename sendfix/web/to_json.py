"""The one JSON form of each type. Decimals leave as strings, times as ISO 8601 UTC with microseconds and a `Z`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sendfix import __version__
from sendfix.domain.alarm import Alarm
from sendfix.domain.enums import api_name
from sendfix.domain.ledger import EXACT
from sendfix.domain.order import Order, Pending
from sendfix.domain.position import Method, Position
from sendfix.domain.schedule import Schedule
from sendfix.domain.values import format_decimal
from sendfix.fix.decode import DecodedField
from sendfix.fix.dictionary import Dictionary
from sendfix.services.alarms import Booking
from sendfix.services.health import Health
from sendfix.services.intake import utc
from sendfix.services.kill_switches import KillSwitch
from sendfix.services.mass import Canceled
from sendfix.services.ports import BookedExecution, MessageRow
from sendfix.services.sessions import Session

SOH = "\x01"
_LAST_PLACE = Decimal("1E-8")


def time_to_json(at: datetime | None) -> str | None:
    if at is None:
        return None
    if at.tzinfo is not UTC:
        at = at.astimezone(UTC)
    return at.isoformat(timespec="microseconds")[:-6] + "Z"


def _ns(at_ns: int | None) -> str | None:
    return None if at_ns is None else time_to_json(utc(at_ns))


def decimal_to_json(value: Decimal | None) -> str | None:
    return None if value is None else format_decimal(value)


def _code(value: Any) -> str | None:
    return None if value is None else api_name(value)


def session_to_json(session: Session) -> dict[str, Any]:
    config = session.config
    return {
        "name": config.name,
        "fix_version": config.fix_version,
        "sender_comp_id": config.sender_comp_id,
        "target_comp_id": config.target_comp_id,
        "server_ip": config.server_ip,
        "port": config.port,
        "heartbeat_interval": config.heartbeat_interval,
        "state": session.state,
        "phase": session.phase,
        "logged_on": session.logged_on,
        "reason": session.reason,
        "next_attempt_at": _ns(session.next_attempt_at),
        "tls_expires_at": _ns(session.tls_expires_at),
        "own_tls_expires_at": _ns(session.own_tls_expires_at),
        "enabled": config.enabled,
        "auto_connect": config.auto_connect,
        "pending_reconnect": session.pending_reconnect,
        "breaker": session.breaker,
        "schedule": None if config.schedule is None else schedule_to_json(config.schedule, datetime.now(UTC)),
        "next_sender_seq_num": session.next_sender_seq_num,
        "next_target_seq_num": session.next_target_seq_num,
        "connected_at": _ns(session.connected_at),
        "last_received_at": _ns(session.last_received_at),
        "last_sent_at": _ns(session.last_sent_at),
    }


def schedule_to_json(schedule: Schedule, now: datetime) -> dict[str, Any]:
    """`opens_at` and `closes_at` are of the session that is open, else of the next one; null when there is none."""
    current = schedule.session_at(now)
    session = current or schedule.next_session(now)
    zone = ZoneInfo(schedule.timezone)
    return {
        "timezone": schedule.timezone,
        "is_open": current is not None,
        "opens_at": None if session is None else time_to_json(session.open_at),
        "closes_at": None if session is None else time_to_json(session.close_at),
        "opens_at_local": None if session is None else session.open_at.astimezone(zone).isoformat(),
        "closes_at_local": None if session is None else session.close_at.astimezone(zone).isoformat(),
        "days_of_week": list(schedule.days_of_week),
        "holidays": [day.isoformat() for day in schedule.holidays],
        "reset_seq_nums": schedule.reset_seq_nums,
    }


def order_to_json(order: Order) -> dict[str, Any]:
    return {
        "order_no": order.order_no,
        "cl_ord_id": order.cl_ord_id,
        "orig_cl_ord_id": order.orig_cl_ord_id,
        "cl_ord_ids": order.cl_ord_ids,
        "order_id": order.order_id,
        "session_name": order.session_name,
        "account": order.account,
        "user": order.user,
        "symbol": order.symbol,
        "side": _code(order.side),
        "order_qty": decimal_to_json(order.order_qty),
        "ord_type": _code(order.ord_type),
        "price": decimal_to_json(order.price),
        "stop_px": decimal_to_json(order.stop_px),
        "time_in_force": _code(order.time_in_force),
        "status": order.status.name,
        "is_open": order.is_open,
        "pending": None if order.pending is None else pending_to_json(order.pending),
        "cum_qty": decimal_to_json(order.cum_qty),
        "leaves_qty": decimal_to_json(order.leaves_qty),
        "avg_px": decimal_to_json(order.avg_px),
        "last_qty": decimal_to_json(order.last_qty),
        "last_px": decimal_to_json(order.last_px),
        "text": order.text,
        "arrival_px": decimal_to_json(order.arrival_px),
        "adopted": order.adopted,
        "warnings": [
            {"code": one.code, "text": one.text, "at": time_to_json(one.at)}
            for one in order.warnings.values()
        ],
        "fields": order.fields,
        "custom_tags": {str(tag): value for tag, value in order.custom_tags.items()},
        "created_at": time_to_json(order.created_at),
        "updated_at": time_to_json(order.updated_at),
    }


def pending_to_json(pending: Pending) -> dict[str, Any]:
    return {
        "type": pending.type,
        "cl_ord_id": pending.cl_ord_id,
        "order_qty": decimal_to_json(pending.order_qty),
        "price": decimal_to_json(pending.price),
        "stop_px": decimal_to_json(pending.stop_px),
        "ord_type": _code(pending.ord_type),
        "time_in_force": _code(pending.time_in_force),
    }


def execution_to_json(booked: BookedExecution) -> dict[str, Any]:
    execution = booked.execution
    return {
        "id": booked.id,
        "order_no": booked.order_no,
        "exec_id": execution.exec_id,
        "exec_ref_id": execution.exec_ref_id,
        "cl_ord_id": execution.cl_ord_id,
        "order_id": execution.order_id,
        "session_name": execution.session_name,
        "symbol": execution.symbol,
        "side": _code(execution.side),
        "exec_type": _code(execution.exec_type),
        "ord_status": _code(execution.ord_status),
        "last_qty": decimal_to_json(execution.last_qty),
        "last_px": decimal_to_json(execution.last_px),
        "cum_qty": decimal_to_json(execution.cum_qty),
        "leaves_qty": decimal_to_json(execution.leaves_qty),
        "avg_px": decimal_to_json(execution.avg_px),
        "text": execution.text,
        "transact_time": time_to_json(execution.transact_time),
        "received_at": time_to_json(execution.received_at),
        "account": execution.account,
        "commission": decimal_to_json(execution.commission),
        "multi_leg_reporting_type": execution.multi_leg_reporting_type,
    }


def position_to_json(position: Position) -> dict[str, Any]:
    return {
        "session_name": position.session_name,
        "account": position.account,
        "symbol": position.symbol,
        "day": position.day.isoformat(),
        "net_qty": decimal_to_json(position.net_qty),
        "open_qty": decimal_to_json(position.open_qty),
        "day_buy_qty": decimal_to_json(position.today.buy_qty),
        "day_sell_qty": decimal_to_json(position.today.sell_qty),
        **_method_to_json("fifo", position.fifo),
        **_method_to_json("average", position.average),
        "last_px": decimal_to_json(position.last_px),
        "last_at": time_to_json(position.last_at),
        "last_source": position.last_source,
        "close_px": decimal_to_json(position.close_px),
        "profit": _amount(position.profit),
        "day_profit": _amount(position.day_profit),
        "commission": _amount(position.total.commission),
        "day_commission": _amount(position.today.commission),
        "whole": position.whole,
    }


def _method_to_json(name: str, method: Method) -> dict[str, str | None]:
    return {
        f"{name}_px": _amount(method.px),
        f"{name}_realised": _amount(method.realised),
        f"{name}_unrealised": _amount(method.unrealised),
        f"{name}_day_realised": _amount(method.day_realised),
    }


def _amount(value: Decimal | None) -> str | None:
    """Without superfluous zeros, and an average to eight decimals."""
    if value is None:
        return None
    rounded = value.quantize(_LAST_PLACE, context=EXACT)
    return format_decimal(rounded).rstrip("0").rstrip(".") if rounded else "0"


def message_to_json(
    message: MessageRow,
    dictionary: Dictionary,
    mask: Callable[[str], str],
    fields: Sequence[DecodedField] | None = None,
) -> dict[str, Any]:
    """`mask` hides what is not to be shown; `fields` have it hidden already."""
    answer = {
        "id": message.id,
        "session_name": message.session_name,
        "direction": message.direction,
        "at": _ns(message.at_ns),
        "msg_seq_num": message.msg_seq_num,
        "msg_type": message.msg_type,
        "msg_type_name": None if message.msg_type is None else dictionary.msg_type_name(message.msg_type),
        "raw": readable(mask(message.raw)),
        "refused": message.refused,
    }
    if fields is not None:
        answer["fields"] = [field_to_json(field) for field in fields]
    return answer


def log_message_to_json(message: MessageRow, mask: Callable[[str], str]) -> dict[str, Any]:
    is_event = message.direction == "EVENT"
    return {
        "id": message.id,
        "session_name": message.session_name,
        "direction": message.direction,
        "at": _ns(message.at_ns),
        "msg_type": message.msg_type,
        "msg_seq_num": message.msg_seq_num,
        "raw": None if is_event else readable(mask(message.raw)),
        "text": message.raw if is_event else None,
        "refused": message.refused,
    }


def alarm_to_json(alarm: Alarm, dictionary: Dictionary, mask: Callable[[str], str]) -> dict[str, Any]:
    return {
        "id": alarm.id,
        "session_name": alarm.session_name,
        "at": _ns(alarm.at_ns),
        "kind": alarm.kind,
        "why": alarm.why,
        "msg_type": alarm.msg_type,
        "msg_type_name": dictionary.msg_type_name(alarm.msg_type),
        "cl_ord_id": alarm.cl_ord_id,
        "exec_id": alarm.exec_id,
        "raw": readable(mask(alarm.raw)),
        "state": alarm.state,
        "settled_at": _ns(alarm.settled_at_ns),
        "reason": alarm.reason,
        "corrections": dict(alarm.corrections),
    }


def booking_to_json(booking: Booking) -> dict[str, Any]:
    execution = booking.execution
    return {
        "problem": booking.problem,
        "assumed": [
            {"tag": item.tag, "name": item.name, "value": item.value, "why": item.why}
            for item in booking.assumed
        ],
        "before": None if booking.before is None else _standing(booking.before),
        "after": None if booking.after is None else _standing(booking.after),
        "execution": None
        if execution is None
        else {
            "exec_id": execution.exec_id,
            "exec_type": api_name(execution.exec_type),
            "last_qty": decimal_to_json(execution.last_qty),
            "last_px": decimal_to_json(execution.last_px),
        },
    }


def _standing(order: Order) -> dict[str, Any]:
    return {
        "cl_ord_id": order.cl_ord_id,
        "status": order.status.name,
        "order_qty": decimal_to_json(order.order_qty),
        "cum_qty": decimal_to_json(order.cum_qty),
        "leaves_qty": decimal_to_json(order.leaves_qty),
        "avg_px": decimal_to_json(order.avg_px),
    }


def field_to_json(field: DecodedField) -> dict[str, Any]:
    return {"tag": field.tag, "name": field.name, "value": field.value, "value_name": field.value_name}


def health_to_json(health: Health) -> dict[str, Any]:
    return {
        "status": "degraded" if health.problems else "ok",
        "ready": health.ready,
        "problems": health.problems,
        "version": __version__,
        "engine": engine_to_json(health.engine_reason),
        "storage": {
            "available": health.storage_reason is None,
            "reason": health.storage_reason,
            "backlog": health.storage_backlog,
        },
        "alarms": health.alarms,
        "configuration_problem": health.configuration_problem,
        "kill_switches": [kill_switch_to_json(switch) for switch in health.kill_switches],
        "limits_problem": health.limits_problem,
        "sessions": [
            {
                "name": session.config.name,
                "state": session.state,
                "phase": session.phase,
                "logged_on": session.logged_on,
                "reason": session.reason,
            }
            for session in health.sessions
        ],
    }


def kill_switch_to_json(switch: KillSwitch) -> dict[str, Any]:
    return {
        "session_name": switch.session_name,
        "reason": switch.reason,
        "at": time_to_json(switch.at),
        "text": switch.text,
    }


def session_activity_to_json(session: Session) -> dict[str, Any]:
    """What changes with every message, and so is asked for and not told in events of health."""
    return {
        "next_sender_seq_num": session.next_sender_seq_num,
        "next_target_seq_num": session.next_target_seq_num,
        "last_received_at": _ns(session.last_received_at),
        "last_sent_at": _ns(session.last_sent_at),
    }


def engine_to_json(reason: str | None) -> dict[str, Any]:
    return {"available": reason is None, "reason": reason}


def canceled_to_json(order: Order, reason: str | None) -> dict[str, Any]:
    """Whether the cancel was sent, and if not, why not."""
    return {"cl_ord_id": order.cl_ord_id, "sent": reason is None, "reason": reason}


def mass_canceled_to_json(canceled: Canceled) -> dict[str, Any]:
    return {
        "canceled": [canceled_to_json(*one) for one in canceled.results],
        "mass_cancels": list(canceled.mass_cancels),
    }


def readable(raw: str) -> str:
    """SOH as `|`. Secrets were masked before the message was written to the journal."""
    return raw.replace(SOH, "|")


def errors_to_json(errors: Sequence[Any]) -> list[Mapping[str, str]]:
    return [{"field": error.field, "message": error.message} for error in errors]
