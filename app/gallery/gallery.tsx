import { Controls } from './controls';
import { Feedback } from './feedback';
import { Overlays } from './overlays';
import { Shown } from './shown';

/** All samples once. `name` keeps ids apart, since it stands twice on the page. */
export function Gallery({ name }: { name: string }) {
  return (
    <>
      <Controls name={name} />
      <Shown name={name} />
      <Feedback />
      <Overlays name={name} />
    </>
  );
}
