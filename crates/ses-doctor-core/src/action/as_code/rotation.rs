//! What a rotation does, as code: as little as can be, since whatever makes a key, or stores its pair, has its secret. A command
//! line is seen by every process of the computer, and Terraform and CloudFormation keep what they make.

use super::{AsCode, ByHand, Code};
use crate::action::{
    AccessKeyDeletion, LoginProof, NewAccessKey, NewKey, QuietKey, StoredPair, WritableStore,
};

const KEEPS_SECRETS: &str = "it would keep the secret of the key in its state";
const NO_THING: &str = "it is a look, and changes nothing";

impl AsCode for WritableStore {
    fn by_hand(&self) -> ByHand {
        ByHand::Instead(format!("see to it that {} may be written", self.store.words()))
    }

    fn terraform(&self) -> Code {
        Code::Nowhere(NO_THING)
    }

    fn cloudformation(&self) -> Code {
        Code::Nowhere(NO_THING)
    }
}

impl AsCode for NewAccessKey {
    fn by_hand(&self) -> ByHand {
        let what = match self.before {
            NewKey::Absent => {
                "`ses-doctor apply` makes the key and keeps its secret in a file that only its owner reads; a command would print it, \
                 and nothing shows it again"
            }
            NewKey::Active | NewKey::Inactive => {
                "`ses-doctor rollback` knows the id of the new key, which AWS chose when the key was made"
            }
        };
        ByHand::Instead(what.to_owned())
    }

    fn terraform(&self) -> Code {
        Code::Nowhere(KEEPS_SECRETS)
    }

    fn cloudformation(&self) -> Code {
        Code::Nowhere("GetAtt of AWS::IAM::AccessKey hands its secret to the whole stack")
    }
}

impl AsCode for LoginProof {
    fn by_hand(&self) -> ByHand {
        ByHand::Instead(
            "log in with the new pair, as `ses-doctor apply` does or as `ses-doctor diagnose` can".to_owned(),
        )
    }

    fn terraform(&self) -> Code {
        Code::Nowhere(NO_THING)
    }

    fn cloudformation(&self) -> Code {
        Code::Nowhere(NO_THING)
    }
}

impl AsCode for StoredPair {
    fn by_hand(&self) -> ByHand {
        ByHand::Instead(format!(
            "`ses-doctor apply` puts the pair into {}; no command has it, since every process of the computer sees a command line",
            self.store.words()
        ))
    }

    fn terraform(&self) -> Code {
        Code::Nowhere(KEEPS_SECRETS)
    }

    fn cloudformation(&self) -> Code {
        Code::Nowhere("the template would hold the password")
    }
}

impl AsCode for QuietKey {
    fn by_hand(&self) -> ByHand {
        ByHand::LookUntil(format!("LastUsedDate is {} ago or more", self.span()))
    }

    fn terraform(&self) -> Code {
        Code::Nowhere(NO_THING)
    }

    fn cloudformation(&self) -> Code {
        Code::Nowhere(NO_THING)
    }
}

impl AsCode for AccessKeyDeletion {
    fn by_hand(&self) -> ByHand {
        match self.after {
            false => ByHand::Call,
            true => ByHand::Instead("nothing makes a deleted key again".to_owned()),
        }
    }

    fn terraform(&self) -> Code {
        Code::Nowhere(
            "take the key out of your code where it stands there, with `removed`, before you delete it",
        )
    }

    fn cloudformation(&self) -> Code {
        Code::Nowhere("take the key out of your template where it stands there")
    }
}
