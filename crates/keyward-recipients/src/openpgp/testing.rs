//! Makes PGP certificates for tests, one signature at a time, with seeded randomness and chosen
//! dates, so that each rule of the policy can be broken by itself.

use keyward_core::Timestamp;
use pgp::composed::{KeyType, SignedKeyDetails, SignedSecretKey, SignedSecretSubKey};
use pgp::crypto::ecc_curve::ECCCurve;
use pgp::packet::{
    KeyFlags, PubKeyInner, PublicKey, PublicSubkey, RevocationCode, SecretKey, SecretSubkey,
    Signature, SignatureConfig, SignatureType, Subpacket, SubpacketData, UserId,
};
use pgp::ser::Serialize;
use pgp::types::{
    Duration, KeyDetails, KeyVersion, PacketHeaderVersion, Password, SignedUser, Tag,
    Timestamp as PgpTime,
};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

/// The creation time of the keys of tests.
pub(crate) const MADE: u32 = 1_700_000_000;

/// A day later, when they are read.
pub(crate) fn now() -> Timestamp {
    Timestamp::from_second(i64::from(MADE) + 86_400)
}

pub(crate) fn curve25519() -> KeyType {
    KeyType::ECDH(ECCCurve::Curve25519Legacy)
}

/// The content of a self-signature.
#[derive(Clone, Copy)]
pub(crate) struct Says {
    pub(crate) made: u32,
    /// Seconds from the creation of the key.
    pub(crate) key_lasts: Option<u32>,
    /// Seconds from the creation of the signature.
    pub(crate) signature_lasts: Option<u32>,
    pub(crate) uses: Uses,
}

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Uses {
    Unsaid,
    Certify,
    CertifyAndEncrypt,
    Communications,
    Storage,
    Sign,
}

pub(crate) const CERTIFY: Says = Says {
    made: MADE,
    key_lasts: None,
    signature_lasts: None,
    uses: Uses::Certify,
};

pub(crate) const ENCRYPT: Says = Says {
    uses: Uses::Communications,
    ..CERTIFY
};

/// A certificate in the making, with its private parts.
pub(crate) struct TestKey {
    rng: ChaCha20Rng,
    primary: SecretKey,
    subkeys: Vec<SecretSubkey>,
    users: Vec<SignedUser>,
    bindings: Vec<Signature>,
    pub(crate) bytes: Vec<u8>,
}

impl TestKey {
    pub(crate) fn new(seed: u64, kind: KeyType) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        let (public, secret) = kind.generate(&mut rng).unwrap();
        let inner = inner(&kind, MADE, public);
        let public = PublicKey::from_inner(inner).unwrap();
        let mut bytes = Vec::new();
        pgp::packet::PacketTrait::to_writer_with_header(&public, &mut bytes).unwrap();
        Self {
            rng,
            primary: SecretKey::new(public, secret).unwrap(),
            subkeys: Vec::new(),
            users: Vec::new(),
            bindings: Vec::new(),
            bytes,
        }
    }

    /// A certificate as GnuPG makes it: Ed25519 for signing, Curve25519 for encryption.
    pub(crate) fn usual(seed: u64) -> Self {
        Self::new(seed, KeyType::Ed25519Legacy)
            .user("Alice <alice@example.com>", CERTIFY)
            .subkey(curve25519(), MADE, ENCRYPT)
    }

    pub(crate) fn fingerprint(&self) -> String {
        format!("{:X}", self.primary.fingerprint())
    }

    pub(crate) fn subkey_fingerprint(&self, number: usize) -> String {
        format!("{:X}", self.subkeys[number].fingerprint())
    }

    fn config(&mut self, kind: SignatureType, says: Says) -> SignatureConfig {
        let mut config = SignatureConfig::from_key(&mut self.rng, &self.primary, kind).unwrap();
        let mut data = vec![
            SubpacketData::SignatureCreationTime(PgpTime::from_secs(says.made)),
            SubpacketData::IssuerFingerprint(self.primary.fingerprint()),
        ];
        data.extend(
            says.key_lasts
                .map(|span| SubpacketData::KeyExpirationTime(Duration::from_secs(span))),
        );
        data.extend(
            says.signature_lasts
                .map(|span| SubpacketData::SignatureExpirationTime(Duration::from_secs(span))),
        );
        data.extend(flags(says.uses).map(SubpacketData::KeyFlags));
        config.hashed_subpackets = data
            .into_iter()
            .map(|data| Subpacket::regular(data).unwrap())
            .collect();
        config
    }

    fn append(&mut self, signature: &Signature) {
        pgp::packet::PacketTrait::to_writer_with_header(signature, &mut self.bytes).unwrap();
    }

    pub(crate) fn user(mut self, id: &str, says: Says) -> Self {
        let id = UserId::from_str(PacketHeaderVersion::New, id).unwrap();
        pgp::packet::PacketTrait::to_writer_with_header(&id, &mut self.bytes).unwrap();
        self.users.push(SignedUser::new(id, Vec::new()));
        self.certify(SignatureType::CertPositive, says)
    }

    /// One more signature over the last user id.
    pub(crate) fn certify(mut self, kind: SignatureType, says: Says) -> Self {
        let id = self.users.last().unwrap().id.clone();
        let signature = self
            .config(kind, says)
            .sign_certification(
                &self.primary,
                self.primary.public_key(),
                &Password::empty(),
                Tag::UserId,
                &id,
            )
            .unwrap();
        self.append(&signature);
        self.users.last_mut().unwrap().signatures.push(signature);
        self
    }

    /// A signature on the key itself.
    pub(crate) fn direct(mut self, kind: SignatureType, says: Says) -> Self {
        let mut config = self.config(kind, says);
        if kind == SignatureType::KeyRevocation {
            let reason = SubpacketData::RevocationReason(RevocationCode::KeyRetired, "".into());
            config
                .hashed_subpackets
                .push(Subpacket::regular(reason).unwrap());
        }
        let signature = config
            .sign_key(&self.primary, &Password::empty(), self.primary.public_key())
            .unwrap();
        self.append(&signature);
        self
    }

    pub(crate) fn subkey(self, kind: KeyType, made: u32, says: Says) -> Self {
        self.bare_subkey(kind, made)
            .bind(SignatureType::SubkeyBinding, says)
    }

    pub(crate) fn bare_subkey(mut self, kind: KeyType, made: u32) -> Self {
        let (public, secret) = kind.generate(&mut self.rng).unwrap();
        let public = PublicSubkey::from_inner(inner(&kind, made, public)).unwrap();
        pgp::packet::PacketTrait::to_writer_with_header(&public, &mut self.bytes).unwrap();
        self.subkeys
            .push(SecretSubkey::new(public, secret).unwrap());
        self
    }

    /// One more signature over the last subkey.
    pub(crate) fn bind(mut self, kind: SignatureType, says: Says) -> Self {
        let config = self.config(kind, says);
        let signature = config
            .sign_subkey_binding(
                &self.primary,
                self.primary.public_key(),
                &Password::empty(),
                self.subkeys.last().unwrap().public_key(),
            )
            .unwrap();
        self.append(&signature);
        self.bindings.push(signature);
        self
    }

    /// Damages the last byte, which belongs to the last signature.
    pub(crate) fn damaged(mut self) -> Self {
        *self.bytes.last_mut().unwrap() ^= 1;
        self
    }

    /// Appends the packets of another certificate.
    pub(crate) fn followed_by(mut self, other: &Self) -> Self {
        self.bytes.extend_from_slice(&other.bytes);
        self
    }

    /// The whole private key.
    pub(crate) fn secret(&self) -> SignedSecretKey {
        let subkeys = self.subkeys.iter().zip(&self.bindings);
        SignedSecretKey::new(
            self.primary.clone(),
            SignedKeyDetails::new(Vec::new(), Vec::new(), self.users.clone(), Vec::new()),
            Vec::new(),
            subkeys
                .map(|(key, binding)| SignedSecretSubKey::new(key.clone(), vec![binding.clone()]))
                .collect(),
        )
    }

    pub(crate) fn secret_bytes(&self) -> Vec<u8> {
        self.secret().to_bytes().unwrap()
    }
}

fn inner(kind: &KeyType, made: u32, public: pgp::types::PublicParams) -> PubKeyInner {
    PubKeyInner::new(
        KeyVersion::V4,
        kind.to_alg(),
        PgpTime::from_secs(made),
        None,
        public,
    )
    .unwrap()
}

fn flags(uses: Uses) -> Option<KeyFlags> {
    let mut flags = KeyFlags::default();
    match uses {
        Uses::Unsaid => return None,
        Uses::Certify => flags.set_certify(true),
        Uses::CertifyAndEncrypt => {
            flags.set_certify(true);
            flags.set_encrypt_comms(true);
        }
        Uses::Communications => flags.set_encrypt_comms(true),
        Uses::Storage => flags.set_encrypt_storage(true),
        Uses::Sign => flags.set_sign(true),
    }
    Some(flags)
}
