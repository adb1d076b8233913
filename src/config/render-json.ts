const WIDTH = 110;

/** JSON as the formatter of this project writes it: mappings open, lists of plain values on one line where they fit. */
export function renderJson(value: unknown, indent = '', before = 0): string {
  const deeper = `${indent}  `;
  if (Array.isArray(value)) {
    const flat = `[${value.map((item) => JSON.stringify(item)).join(', ')}]`;
    const plain = value.every((item) => typeof item !== 'object' || item === null);
    if (plain && before + flat.length + 1 <= WIDTH) return flat;
    return `[\n${value.map((item) => `${deeper}${renderJson(item, deeper, deeper.length)}`).join(',\n')}\n${indent}]`;
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    if (entries.length === 0) return '{}';
    const lines = entries.map(([key, item]) => {
      const head = `${deeper}${JSON.stringify(key)}: `;
      return `${head}${renderJson(item, deeper, head.length)}`;
    });
    return `{\n${lines.join(',\n')}\n${indent}}`;
  }
  return JSON.stringify(value);
}
