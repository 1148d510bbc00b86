import type { FiguresNow } from '../evaluate/figures.ts';
import type { Html } from './html.ts';

/** What a page about one part of the house shows at one moment. */
export interface SectionView {
  /** Beside the product's name, and in the title of the tab. */
  readonly title: string;
  readonly nowMs: number;
  /** What a person who listens to the page must hear when it changes; empty for nothing. */
  readonly news: string;
  readonly body: Html;
}

/** A page about one part of the house, beside the overview. */
export interface Section {
  /** `/phone`; what changes in it is at `/phone/fragment`. */
  readonly path: string;
  /** As the overview calls it. */
  readonly name: string;
  /** Rejects with `StoreError`. */
  readonly view: (now: FiguresNow) => Promise<SectionView>;
}
