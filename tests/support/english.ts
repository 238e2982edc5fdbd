import { english } from '@/i18n/words';
import { describeFactsWith } from '@/server/foundation/facts';

// Errors hold their words in English, as in a started process.
describeFactsWith(english);
