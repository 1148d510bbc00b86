// Changes a tree into another in place, so that focus, scroll, selection, open details and charts stay as they are.

/** Makes `from` equal to `to`. Children are matched by id, others by their order; `data-own` children are left alone. */
export function morph(from, to) {
  for (const { name } of [...from.attributes]) {
    if (name !== 'open' && !to.hasAttribute(name)) from.removeAttribute(name);
  }
  for (const { name, value } of to.attributes) if (from.getAttribute(name) !== value) from.setAttribute(name, value);
  if (!to.hasAttribute('data-own')) morphChildren(from, to);
}

function morphChildren(from, to) {
  const byId = new Map();
  for (const child of from.children) if (child.id !== '') byId.set(child.id, child);
  let next = from.firstChild;
  for (const wanted of [...to.childNodes]) {
    const match = findMatch(wanted, next, byId);
    if (match === null) {
      from.insertBefore(wanted, next);
      continue;
    }
    if (match === next) next = next.nextSibling;
    else from.insertBefore(match, next);
    if (match.nodeType === Node.ELEMENT_NODE) morph(match, wanted);
    else if (match.data !== wanted.data) match.data = wanted.data;
  }
  while (next !== null) {
    const surplus = next;
    next = next.nextSibling;
    surplus.remove();
  }
}

function findMatch(wanted, next, byId) {
  if (wanted.id) return byId.get(wanted.id) ?? null;
  const isSameKind = next !== null && !next.id && next.nodeName === wanted.nodeName;
  return isSameKind ? next : null;
}
