import { shapesOf } from '../shell/shape';
import skeletons from './skeletons.json';

export const shape = shapesOf(skeletons);
