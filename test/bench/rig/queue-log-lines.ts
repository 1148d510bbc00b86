import { closeSync, openSync, writeSync } from 'node:fs';

/** Calls as in the captured run: on average 3.2 lines each, two in three answered, thirty under way at once. */
export function writeQueueLog(to: string, count: number): void {
  const file = openSync(to, 'w');
  let text = '';
  const startS = Math.floor(Date.now() / 1000) - count;
  for (let line = 0, call = 0; line < count; call++) {
    const at = startS + line;
    const id = `${at}.${call}`;
    const rows = [`${at}|${id}|support|NONE|ENTERQUEUE||+4930${String(call).padStart(7, '0')}|1`];
    if (call % 3 === 0) rows.push(`${at + 9}|${id}|support|NONE|ABANDON|1|1|9`);
    else {
      rows.push(`${at + 4}|${id}|support|PJSIP/${call % 20}|RINGNOANSWER|4000`);
      rows.push(`${at + 12}|${id}|support|PJSIP/${call % 7}|CONNECT|12|${at}.9${call}|3`);
      rows.push(`${at + 90}|${id}|support|PJSIP/${call % 7}|COMPLETEAGENT|12|78|1`);
    }
    const taken = rows.slice(0, count - line);
    line += taken.length;
    text += `${taken.join('\n')}\n`;
    if (text.length > 2 ** 20 || line >= count) {
      writeSync(file, text);
      text = '';
    }
  }
  closeSync(file);
}
