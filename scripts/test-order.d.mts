import { BaseSequencer } from 'vitest/node';

export class Sequencer extends BaseSequencer {}
