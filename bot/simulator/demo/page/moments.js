// Moments come as ISO text in the patient's zone: their wall clock is printed as it stands, whatever zone this browser is in.

const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

export const timeOf = (iso) => iso.slice(11, 16);
export const dayOf = (iso) => iso.slice(0, 10);

export function dateOf(iso, { year = false } = {}) {
  const [y, m, d] = dayOf(iso).split("-").map(Number);
  const weekday = DAYS[new Date(Date.UTC(y, m - 1, d)).getUTCDay()];
  return `${weekday} ${d} ${MONTHS[m - 1]}${year ? ` ${y}` : ""}`;
}

/** How far ``iso`` is from ``now``, in words: "in 3 h", "2 d ago", "now". */
export function distance(iso, now) {
  const minutes = Math.round((Date.parse(iso) - Date.parse(now)) / 60000);
  const words = lengthOf(Math.abs(minutes));
  if (Math.abs(minutes) < 1) return "now";
  return minutes > 0 ? `in ${words}` : `${words} ago`;
}

export function lengthOf(minutes) {
  if (minutes < 90) return `${minutes} min`;
  if (minutes < 60 * 48) return `${Math.round(minutes / 60)} h`;
  const days = Math.round(minutes / 1440);
  if (days < 60) return `${days} days`;
  return days < 700 ? `${Math.round(days / 30.44)} months` : `${Math.round(days / 365.25)} years`;
}
