import { Badge } from '@/components/ui/badge';
import { Piece } from './piece';

const ITEMS = [
  {
    title: 'Approve: “Five shortcuts I use every day”',
    when: 'Until Tue 18:00, then it stays on hold',
    kind: 'Approve',
  },
  {
    title: 'Did this post go out? X did not answer in time',
    when: 'Look at the timeline and say',
    kind: 'Do',
  },
  {
    title: 'Approve a lower price for “Weekly planner”',
    when: 'Until Wed 09:00, then it is rejected',
    kind: 'Approve',
  },
] as const;

/** The to-do list as it looks in the app. */
export function TodoPiece() {
  return (
    <Piece
      title="To do"
      aside={<span className="tabular">3</span>}
      caption="The to-do list, with example data."
    >
      <ul className="divide-y divide-border">
        {ITEMS.map(({ title, when, kind }) => (
          <li key={title} className="flex items-start gap-3 px-4 py-3">
            <div className="min-w-0 flex-1">
              <p className="font-medium">{title}</p>
              <p className="text-muted-foreground">{when}</p>
            </div>
            <Badge variant={kind === 'Approve' ? 'accent' : 'outline'}>{kind}</Badge>
          </li>
        ))}
      </ul>
    </Piece>
  );
}
