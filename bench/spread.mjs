// What several rounds of one figure come to.
const sorted = (list) => [...list].sort((a, b) => a - b);

export const median = (list) => sorted(list)[Math.floor(list.length / 2)];

/** "median (least-most)" */
export const spread = (list, digits = 2) => {
  const s = sorted(list);
  return `${median(list).toFixed(digits)} (${s[0].toFixed(digits)}-${s[s.length - 1].toFixed(digits)})`;
};
