/** Appends statements to the audit log without end and prints each sequence once it is on disk. Argument: folder. */
import { openStore } from '../../../../collector/src/store/open.ts';
import { aDraft } from '../../../support/ledger-contract.ts';

const [directory = ''] = process.argv.slice(2);
const store = await openStore({ directory });
const figures = Array.from({ length: 2_000 }, (_, index) => ({ index, verdict: 'met' }));
for (let index = (await store.ledgerHead()).sequence; ; index++) {
  const draft = aDraft({ action: 'statement.frozen', subject: `statement/hosting/${index}`, body: { figures } });
  const entry = await store.appendEntry(draft, 0);
  process.stdout.write(`${entry?.sequence}\n`);
}
