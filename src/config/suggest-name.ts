/**
 * The known name a person most likely meant, or undefined when none is near.
 * `admin_listen` and `AdminListen` are `adminListen`; beyond that a third of the letters may differ.
 */
export function suggestName(written: string, known: readonly string[]): string | undefined {
  const folded = fold(written);
  const same = known.find((name) => fold(name) === folded);
  if (same !== undefined) return same;
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(folded.length / 3)) + 1;
  for (const name of known) {
    const candidate = fold(name);
    if (Math.abs(candidate.length - folded.length) >= bestDistance) continue;
    const distance = editDistance(folded, candidate);
    if (distance < bestDistance) {
      best = name;
      bestDistance = distance;
    }
  }
  return best;
}

function fold(name: string): string {
  return name.replace(/[_-]/g, '').toLowerCase();
}

/** Changed, missing, added or swapped letters (optimal string alignment), one row at a time. */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitute = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swap = swapped ? (before[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY;
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, substitute, swap));
    }
    before = row;
    row = next;
  }
  return row[b.length] ?? 0;
}
