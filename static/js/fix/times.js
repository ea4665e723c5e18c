// Times come as ISO 8601 UTC; they are shown in the zone a person chose, to the millisecond.
const pad = (number, digits = 2) => String(number).padStart(digits, '0');

export function clock(date, zone) {
  return zone === 'UTC'
    ? `${pad(date.getUTCHours())}:${pad(date.getUTCMinutes())}:${pad(date.getUTCSeconds())}`
    : `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`;
}

export function day(date, zone) {
  return zone === 'UTC'
    ? `${date.getUTCFullYear()}-${pad(date.getUTCMonth() + 1)}-${pad(date.getUTCDate())}`
    : `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
}

// "2026-01-02T03:04:05.678901Z" -> "03:04:05.678"
export function time(iso, zone = 'UTC') {
  if (!iso) return '';
  if (zone === 'UTC' && iso.length >= 24 && iso.endsWith('Z')) return iso.slice(11, 23);
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? iso : `${clock(date, zone)}.${pad(date.getUTCMilliseconds(), 3)}`;
}

export function dayAndTime(iso, zone = 'UTC') {
  if (!iso) return '';
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? iso : `${day(date, zone)} ${time(iso, zone)}`;
}

// How long ago, in words as short as a light allows.
export function ago(iso, now) {
  const seconds = Math.max(0, Math.round((now - new Date(iso).getTime()) / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}

// Milliseconds from one time to another, to the microsecond.
export function between(from, to) {
  const micros = (iso) => Number(iso.slice(23, 26).padEnd(3, '0').replace(/\D/g, '0'));
  return Date.parse(to) - Date.parse(from) + (micros(to) - micros(from)) / 1000;
}

// A time in milliseconds, as exact as its size asks for.
export function duration(ms) {
  const size = Math.abs(ms);
  if (size < 10) return `${ms.toFixed(1)} ms`;
  if (size < 10_000) return `${Math.round(ms).toLocaleString('en')} ms`;
  if (size < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(size / 1000);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
  return `${ms < 0 ? '−' : ''}${hours ? `${hours} h ${minutes} min` : `${minutes} min ${seconds % 60} s`}`;
}
