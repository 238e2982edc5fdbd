import { confirmEmailChange } from './accounts/change-email';
import { register } from './accounts/register';
import { requestReset } from './accounts/request-reset';
import { checkResetLink, resetPassword } from './accounts/reset-password';
import { signIn } from './accounts/sign-in';
import { codeStep, enterCode, resendCode } from './accounts/sign-in-code';
import { verifyEmail } from './accounts/verify-email';

/** The verbs of people who are not signed in. Their doors (forms and Auth.js) tell which client asks, so that no caller can say it. */
export const visitorVerbs = {
  account: {
    register,
    signIn,
    codeStep,
    enterCode,
    resendCode,
    requestReset,
    checkResetLink,
    resetPassword,
    verifyEmail,
    confirmEmailChange,
  },
} as const;
