// Times as people read them, in the reader's own zone; lib/core/dates.py says the same.
const DAY = 86400
export const LOCALE = /^en-/.test(navigator.language) ? navigator.language : "en-US"
const full = new Intl.DateTimeFormat(LOCALE, { dateStyle: "medium", timeStyle: "short" })
const thisYear = new Intl.DateTimeFormat(LOCALE, { day: "numeric", month: "short" })
const otherYear = new Intl.DateTimeFormat(LOCALE, { dateStyle: "medium" })

/**
 * @param {string} iso
 * @param {number} now
 */
export function relative(iso, now = Date.now()) {
  const then = new Date(iso)
  const seconds = Math.round((now - then.getTime()) / 1000)
  if (Number.isNaN(seconds)) return ""
  if (seconds < 45) return "just now"
  if (seconds < 3600) return `${Math.max(1, Math.floor(seconds / 60))} min ago`
  if (seconds < DAY) return `${Math.floor(seconds / 3600)} h ago`
  if (seconds < 2 * DAY) return "yesterday"
  if (seconds < 7 * DAY) return `${Math.floor(seconds / DAY)} days ago`
  return (then.getFullYear() === new Date(now).getFullYear() ? thisYear : otherYear).format(then)
}

/**
 * The same in the room of a few letters: "3 d".
 *
 * @param {string} iso
 * @param {number} now
 */
export function age(iso, now = Date.now()) {
  const minutes = Math.floor((now - new Date(iso).getTime()) / 60_000)
  if (Number.isNaN(minutes)) return ""
  if (minutes < 1) return "now"
  if (minutes < 60) return `${minutes} min`
  if (minutes < 1440) return `${Math.floor(minutes / 60)} h`
  const days = Math.floor(minutes / 1440)
  return days < 365 ? `${days} d` : `${Math.floor(days / 365)} y`
}

/** @param {string} iso */
export function absolute(iso) {
  const then = new Date(iso)
  return Number.isNaN(then.getTime()) ? "" : full.format(then)
}

/**
 * A day of the calendar, the same in every zone: "2026-01-31".
 *
 * @param {string} day
 * @param {Date} now
 */
export function calendar(day, now = new Date()) {
  const [year, month, date] = day.split("-").map(Number)
  return (year === now.getFullYear() ? thisYear : otherYear).format(new Date(year, month - 1, date))
}
