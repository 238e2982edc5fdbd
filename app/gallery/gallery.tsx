import { Controls } from './controls';
import { Feedback } from './feedback';
import { Overlays } from './overlays';
import { DisplaySamples } from './shown';

/** All samples once. `name` keeps ids unique, because the page renders this twice. */
export function Gallery({ name }: { name: string }) {
  return (
    <>
      <Controls name={name} />
      <DisplaySamples name={name} />
      <Feedback />
      <Overlays name={name} />
    </>
  );
}
