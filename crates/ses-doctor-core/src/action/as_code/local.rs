//! Files of this computer: no code declares them.

use super::{AsCode, ByHand, Code};
use crate::action::LocalFile;
use crate::shell::in_one_line;

impl AsCode for LocalFile {
    fn by_hand(&self) -> ByHand {
        ByHand::Instead(in_one_line(&format!(
            "the file {} gets the bytes with SHA-256 {}; `ses-doctor lint --fix` writes them, or the copy {} has them",
            self.path,
            self.after,
            self.copy_of(&self.after)
        )))
    }

    fn terraform(&self) -> Code {
        Code::Nowhere("it is a file of a computer")
    }

    fn cloudformation(&self) -> Code {
        Code::Nowhere("it is a file of a computer")
    }
}
