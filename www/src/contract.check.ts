// Compiled, never run: the module keeps the contract, or this file does not compile.
import type * as contract from './contract'
import * as spinney from './spinney'

spinney satisfies typeof contract

// The class is compared as a value too: what `catch` receives is the class that the module exports.
const thrown: contract.SpinneyError = new spinney.SpinneyError('cancelled', 'user', 'the call was cancelled')
void thrown
