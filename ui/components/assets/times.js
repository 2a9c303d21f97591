// Times as people say them, in the reader's own zone.
const DAY = 86400
const full = new Intl.DateTimeFormat("en-GB", { dateStyle: "full", timeStyle: "short" })
const thisYear = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" })
const otherYear = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" })

export function relative(iso, now = Date.now()) {
  const then = new Date(iso)
  const seconds = Math.round((now - then) / 1000)
  if (Number.isNaN(seconds)) return ""
  if (seconds < 45) return "just now"
  if (seconds < 3600) return `${Math.max(1, Math.round(seconds / 60))} min ago`
  if (seconds < DAY) return `${Math.round(seconds / 3600)} h ago`
  if (seconds < 2 * DAY) return "yesterday"
  if (seconds < 7 * DAY) return `${Math.floor(seconds / DAY)} days ago`
  return (then.getFullYear() === new Date(now).getFullYear() ? thisYear : otherYear).format(then)
}

export function absolute(iso) {
  const then = new Date(iso)
  return Number.isNaN(then.getTime()) ? "" : full.format(then)
}
