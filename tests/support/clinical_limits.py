"""Every limit of the clinical content a second time, on purpose: one that moves in the catalogue alone is seen by the tests."""

from __future__ import annotations

from bot.core.clinical.finding import Finding, Measure
from bot.core.clinical.patient import PatientContext
from tests.support.clinical import D, donor, finding, measure, over, recipient

f, m, R = finding, measure, recipient
Stated = tuple[Finding | Measure, ...]

# rule -> (the finding, the hours that it must have lasted)
LASTS: dict[str, tuple[Finding, float]] = {
    "abdominal_pain.same_day.24_h": (f("abdominal_pain"), 24),
    "bloating_indigestion.same_day.7_d": (f("bloating_indigestion"), 7 * D),
    "constipation.same_day.72_h": (f("constipation"), 72),
    "constipation.urgent.72_h_with_pain": (f("constipation", "pain"), 72),
    "diarrhoea.same_day.48_h": (f("diarrhoea"), 48),
    "dizziness_presyncope.same_day.24_h": (f("dizziness_presyncope"), 24),
    "donor_anesthesia_reaction.same_day.48_h": (f("donor_anesthesia_reaction"), 48),
    "donor_fatigue_anemia.same_day.14_d": (f("donor_fatigue_anemia"), 14 * D),
    "fatigue.same_day.7_d": (f("fatigue"), 7 * D),
    "fever.urgent.72_h": (f("fever"), 72),
    "flu_like_symptoms.same_day.3_d": (f("flu_like_symptoms"), 72),
    "headache.same_day.48_h": (f("headache"), 48),
    "insomnia.same_day.7_nights": (f("insomnia"), 7 * D),
    "localized_tissue_reaction.same_day.long": (f("localized_tissue_reaction"), 7 * D),
    "nausea_vomiting.urgent.6_h_at_risk": (f("nausea_vomiting", "vomiting"), 6),
    "pain_other.same_day.7_d": (f("pain_other"), 7 * D),
    "palpitations.urgent.20_min": (f("palpitations"), 1 / 3),
    "psychological_distress.same_day.2_weeks": (f("psychological_distress"), 14 * D),
    "respiratory_infection.same_day.phlegm_48_h": (f("respiratory_infection", "productive"), 48),
    "respiratory_infection.same_day.throat_3_d": (f("respiratory_infection", "sore_throat"), 72),
    "respiratory_infection.same_day.7_d": (f("respiratory_infection"), 7 * D),
    "B29.vomiting": (f("nausea_vomiting"), 24),
}
RISKY = {"nausea_vomiting.urgent.6_h_at_risk": "diabetes", "B29.vomiting": "pregnancy"}

# rule -> (what is said, the patient, the last hour at which the rule does not hold yet)
AFTER: dict[str, tuple[Stated, PatientContext, float]] = {
    "chills_rigors.same_day.late": ((f("chills_rigors"),), R(), 24),
    "donor_anesthesia_reaction.same_day.late_nausea": ((f("donor_anesthesia_reaction", "nausea"),), donor(), 48),
    "donor_site_pain.same_day.rising": ((f("donor_site_pain", "worsening"),), donor(), 60),
    "donor_site_pain.same_day.5": ((f("donor_site_pain"), m("pain", 5)), donor(), 84),
    "donor_site_pain.same_day.30_d": ((f("donor_site_pain"),), donor(), 30 * D),
    "fever.urgent.persistent": ((f("fever", "persistent"),), R(), 72),
    "flu_like_symptoms.same_day.late": ((f("flu_like_symptoms"),), R(), 72),
    "injection_site_reaction.same_day.not_improving": ((f("injection_site_reaction", "not_improving"),), R(), 60),
    "injection_site_reaction.same_day.day_7": ((f("injection_site_reaction"),), R(), 7 * D),
    "injection_site_reaction.same_day.worse": ((f("injection_site_reaction", "worsening"),), R(), 48),
    "injection_site_reaction.urgent.worse_day_3": ((f("injection_site_reaction", "worsening"),), R(), 60),
    "localized_tissue_reaction.same_day.day_7": ((f("localized_tissue_reaction"),), R(), 7 * D),
    "donor.fever": ((f("fever"),), donor(), 24),
    "B06": ((f("fever"), m("heart_rate", 130)), R(), 24),
    "B07": ((f("fever"), m("heart_rate", 91)), R(), 24),
    "B20.infection": ((f("fever"),), R(72, "chemotherapy"), 24),
    "B33.fever": ((f("pain_other", "back"), f("chills_rigors")), R(), 24),
    "B38": ((f("fever"), f("allergic_reaction")), R(), 14 * D),
    "glucose_abnormal.urgent.15_with_infection": ((f("fever"), m("glucose", 15.1)), R(), 24),
    "allergic_reaction.self_manage.small_patch": ((f("allergic_reaction", "localised"),), R(), 24),
    "dyspnea.urgent.slow": ((f("dyspnea", "slow_onset", "strenuous"),), R(), 90 * D),
    "hemoptysis.urgent.old_streaks": ((f("hemoptysis", "streaks", "over_24_h_ago"),), R(), 90 * D),
}

# rule -> (what is said, the patient, the last hour at which the rule holds)
UNTIL: dict[str, tuple[Stated, PatientContext, float]] = {
    "abdominal_pain.emergency.after_harvest": ((f("abdominal_pain", "severe"),), donor(), 7 * D),
    "abdominal_pain.emergency.after_harvest_7": ((f("abdominal_pain"), m("pain", 7)), donor(), 7 * D),
    "allergic_reaction.urgent.first_day": ((f("allergic_reaction"),), R(), 24),
    "dizziness_presyncope.emergency.rash": ((f("dizziness_presyncope"), f("allergic_reaction")), R(), 72),
    "pain_other.emergency.upper_back": ((f("pain_other", "chest_or_upper_back"),), R(), 90 * D),
    "superficial_thrombophlebitis.self_manage.early": ((f("superficial_thrombophlebitis"),), R(), 72),
    "vision_change.urgent.after_face": ((f("vision_change", "blur"),), R(route="facial"), 90 * D),
    "B10": ((f("syncope"),), R(), 90 * D),
    "B15": ((f("allergic_reaction"), f("chest_pain")), R(), 24),
    "B38": ((f("fever"), f("allergic_reaction")), R(), 182 * D),
    "B41": ((f("dyspnea"),), donor(), 7 * D),
}

# rule -> (the patient, what else is said, the measure, its last value that does not fire, its first that does)
NUMBERS: list[tuple[str, PatientContext, Stated, str, float, float]] = [
    ("abdominal_pain.same_day.5", R(), (f("abdominal_pain"),), "pain", 4.9, 5),
    ("abdominal_pain.emergency.after_harvest_7", donor(), (f("abdominal_pain"),), "pain", 6.9, 7),
    ("donor_site_pain.same_day.5", donor(), (f("donor_site_pain"),), "pain", 4.9, 5),
    ("donor_site_pain.same_day.6", donor(9), (f("donor_site_pain"),), "pain", 6, 6.1),
    ("bleeding_bruising.urgent.nose_20_min", R(), (f("bleeding_bruising"),), "bleeding_time", 19, 20),
    ("bleeding_bruising.emergency.30_min", R(), (f("bleeding_bruising"),), "bleeding_time", 29, 30),
    ("bleeding_bruising.emergency.20_min_anticoagulant", R(72, "anticoagulant"), (f("bleeding_bruising"),), "bleeding_time", 19, 20),
    ("donor_site_bleeding_hematoma.emergency.20_min", donor(), (f("donor_site_bleeding_hematoma"),), "bleeding_time", 19, 20),
    ("donor_site_bleeding_hematoma.emergency.inner_bleeding", donor(), (f("donor_site_bleeding_hematoma", "growing"),), "heart_rate", 100, 101),
    ("diarrhoea.emergency.no_urine", R(), (f("diarrhoea"),), "urine_gap", 11.9, 12),
    ("dizziness_presyncope.urgent.numbers", R(), (f("dizziness_presyncope"),), "heart_rate", 110, 111),
    ("dizziness_presyncope.urgent.numbers", R(), (f("dizziness_presyncope"),), "systolic", 179, 180),
    ("dizziness_presyncope.urgent.numbers", R(), (f("dizziness_presyncope"),), "diastolic", 119, 120),
    ("fever.same_day.masked", R(), (f("fever", "masked"),), "temperature", 37.4, 37.5),
    ("fever.urgent.immunosuppressed_37_5", R(72, "chemotherapy"), (), "temperature", 37.4, 37.5),
    ("fever.urgent.immunosuppressed_low", R(72, "chemotherapy"), (), "temperature", 36.0, 35.9),
    ("glucose_abnormal.urgent.15_with_ketones", R(), (m("ketones", 1.5),), "glucose", 15, 15.1),
    ("glucose_abnormal.urgent.15_with_ketones", R(), (m("glucose", 15.1),), "ketones", 1.4, 1.5),
    ("glucose_abnormal.urgent.15_with_infection", R(), (f("joint_infection"),), "glucose", 15, 15.1),
    ("glucose_abnormal.emergency.high_and_ill", R(), (f("dyspnea"),), "glucose", 14, 14.1),
    ("glucose_abnormal.emergency.high_and_ill", R(), (m("glucose", 14.1),), "respiratory_rate", 20, 21),
    ("glucose_abnormal.emergency.high_and_ill", R(), (m("glucose", 14.1),), "vomits", 0, 1),
    ("hypertension.same_day.150_heart", R(72, "heart_disease"), (), "systolic", 149, 150),
    ("hypertension.same_day.90_heart", R(72, "heart_disease"), (), "diastolic", 89, 90),
    ("hypertension.emergency.crisis", R(), (f("headache"),), "systolic", 179, 180),
    ("hypertension.emergency.crisis", R(), (f("chest_pain"),), "diastolic", 119, 120),
    ("hypotension.urgent.dizzy", R(), (f("dizziness_presyncope"),), "systolic", 101, 100),
    ("hypotension.emergency.90_with_symptom", R(), (f("dizziness_presyncope"),), "systolic", 91, 90),
    ("injection_site_infection.emergency.spreading_illness", R(), (f("injection_site_infection"), f("fever")), "heart_rate", 100, 101),
    ("injection_site_infection.emergency.spreading_illness", R(), (f("injection_site_infection"), f("fever")), "respiratory_rate", 20, 21),
    ("urinary_symptoms.urgent.8_h_donor", donor(), (), "urine_gap", 7.9, 8),
    ("B06", R(), (f("joint_infection"),), "respiratory_rate", 24, 25),
    ("B06", R(), (f("joint_infection"),), "heart_rate", 129, 130),
    ("B06", R(), (f("joint_infection"),), "systolic", 91, 90),
    ("B06", R(), (f("joint_infection"),), "urine_gap", 17.9, 18),
    ("B07", R(), (f("joint_infection"),), "heart_rate", 90, 91),
    ("B07", R(), (f("joint_infection"),), "respiratory_rate", 20, 21),
    ("B07", R(), (f("joint_infection"),), "systolic", 101, 100),
    ("B07", R(), (f("joint_infection"),), "urine_gap", 11.9, 12),
    ("B07", R(), (f("joint_infection"),), "temperature", 36.0, 35.9),
    ("B09", R(), (f("deep_vein_thrombosis"),), "heart_rate", 100, 101),
    ("B09", R(), (f("deep_vein_thrombosis"),), "respiratory_rate", 24, 25),
    ("B11", R(), (f("palpitations"),), "heart_rate", 129, 130),
    ("B13", R(), (f("headache"),), "systolic", 179, 180),
    ("B13", R(), (f("headache"),), "diastolic", 119, 120),
    ("B14", R(), (f("allergic_reaction"),), "systolic", 91, 90),
    ("B22", R(72, "diabetes"), (f("dyspnea"),), "glucose", 15, 15.1),
    ("B22", R(72, "diabetes"), (f("dyspnea"),), "ketones", 2.9, 3),
    ("B22", R(72, "diabetes"), (m("glucose", 15.1),), "respiratory_rate", 20, 21),
    ("B26", R(72, "anticoagulant"), (f("bleeding_bruising"),), "bleeding_time", 19, 20),
    ("B29.fever", R(72, "pregnancy"), (), "temperature", 37.9, 38),
    ("B29.pressure", R(72, "pregnancy"), (), "systolic", 139, 140),
    ("B29.pressure", R(72, "pregnancy"), (), "diastolic", 89, 90),
    ("B29.pressure_160", R(72, "pregnancy"), (), "systolic", 159, 160),
    ("B29.pressure_160", R(72, "pregnancy"), (), "diastolic", 109, 110),
    ("B40", donor(), (f("donor_site_bleeding_hematoma", "growing"),), "heart_rate", 100, 101),
]  # fmt: skip

# rule -> (the measure now, its earlier value that is too near, the one that is far enough, what else is said)
CHANGES: dict[str, tuple[Measure, float, float, Stated]] = {
    "hypotension.urgent.fall": (m("systolic", 105), 144, 145, ()),
    "hypotension.emergency.fall_with_symptom": (m("systolic", 105), 144, 145, (f("dizziness_presyncope"),)),
    "low_oxygen.emergency.fall": (m("spo2", 95), 97, 98, (f("fatigue"),)),
    "B06": (m("systolic", 105), 144, 145, (f("joint_infection"),)),
    "B14": (m("systolic", 105), 144, 145, (f("allergic_reaction"),)),
    "B31.points": (m("pain", 4), 3, 2, (f("headache"),)),
}

# rule -> (what was said earlier, what is said now, the hours that the rule looks back)
LOOKS_BACK: dict[str, tuple[Stated, Stated, float]] = {
    "B04": ((f("injection_site_reaction"),), (f("fever"),), 24),
    "B09": ((f("deep_vein_thrombosis"),), (f("chest_pain"),), 7 * D),
    "B11": ((f("palpitations"),), (f("chest_pain"),), 24),
    "B13": ((m("systolic", 180),), (f("headache"),), 24),
    "B16": ((f("anaphylaxis"),), (f("allergic_reaction"),), 72),
    "B33.fever": ((f("pain_other", "back"),), (f("fever"),), 24),
    "B32": ((f("insomnia", "persistent"),), (f("edema"),), 24),
}

CLOT_RISKS = {"previous_clot", "pregnancy", "high_dose", "chemotherapy"}
WEAKENED = {"immunosuppressant", "chemotherapy"}
# what is asked for -> (what is said, every risk that asks for it)
RISKS: dict[str, tuple[Stated, set[str]]] = {
    "bleeding_bruising.urgent.anticoagulant": ((f("bleeding_bruising"),), {"anticoagulant"}),
    "bleeding_bruising.urgent.anticoagulant_over": ((over("bleeding_bruising"),), {"anticoagulant"}),
    "bleeding_bruising.emergency.20_min_anticoagulant": ((f("bleeding_bruising"), m("bleeding_time", 20)), {"anticoagulant"}),
    "constipation.urgent.overflow": ((f("constipation", "overflow"),), {"age_65_plus"}),
    "diarrhoea.same_day.at_risk": ((f("diarrhoea"),), {"age_65_plus", "diabetes", *WEAKENED}),
    "donor_site_bleeding_hematoma.urgent.anticoagulant": ((f("donor_site_bleeding_hematoma"),), {"anticoagulant"}),
    "fever.urgent.immunosuppressed": ((f("fever"),), WEAKENED),
    "fever.urgent.immunosuppressed_37_5": ((m("temperature", 37.5),), WEAKENED),
    "fever.urgent.immunosuppressed_low": ((m("temperature", 35.9),), WEAKENED),
    "headache.emergency.anticoagulant": ((f("headache", "severe"),), {"anticoagulant"}),
    "hypertension.same_day.150_heart": ((m("systolic", 150),), {"heart_disease"}),
    "hypertension.same_day.90_heart": ((m("diastolic", 90),), {"heart_disease"}),
    "nausea_vomiting.urgent.vomiting_at_risk": ((f("nausea_vomiting", "repeated"),), {"diabetes", "immunosuppressant"}),
    "nausea_vomiting.urgent.6_h_at_risk": ((f("nausea_vomiting", "vomiting"), m("duration", 6)), {"diabetes", "immunosuppressant"}),
    "respiratory_infection.urgent.immunosuppressed": ((f("respiratory_infection"),), WEAKENED),
    "B12": ((f("palpitations"),), {"heart_disease"}),
    "B20": ((f("injection_site_reaction"),), WEAKENED),
    "B20.infection": ((f("joint_infection"),), WEAKENED),
    "B21": ((f("injection_site_reaction"),), {"diabetes"}),
    "B22": ((m("glucose", 15.1), f("dyspnea")), {"diabetes"}),
    "B23": ((f("edema"),), {"heart_disease"}),
    "B24": ((f("deep_vein_thrombosis"),), CLOT_RISKS),
    "B24.calf": ((f("edema"), f("superficial_thrombophlebitis")), {"previous_clot", "pregnancy"}),
    "B25": ((f("bleeding_bruising", "head_injury"), f("headache")), {"anticoagulant"}),
    "B26": ((f("bleeding_bruising", "stool"),), {"anticoagulant"}),
    "B27": ((f("constipation"),), {"age_65_plus"}),
    "B28": ((f("immune_mediated_reaction", "joints"),), {"autoimmune"}),
    "B29.fever": ((f("fever"),), {"pregnancy"}),
    "B29.pressure": ((m("systolic", 140),), {"pregnancy"}),
    "B29.pressure_160": ((m("systolic", 160),), {"pregnancy"}),
    "B29.headache_and_vision": ((f("headache"), f("vision_change")), {"pregnancy"}),
    "B29.vomiting": ((f("nausea_vomiting", "frequent"),), {"pregnancy"}),
    "B29.danger": ((f("bleeding_bruising"),), {"pregnancy"}),
    "B45": ((f("human_help_request", "nsaid"),), {"anticoagulant"}),
}  # fmt: skip

ROUTES: dict[str, tuple[Stated, str]] = {
    "neuro_deficit.emergency.spinal": ((f("neuro_deficit", "weakness"),), "intrathecal"),
    "vision_change.urgent.after_face": ((f("vision_change", "blur"),), "facial"),
    "B18": ((f("vision_change", "loss"),), "facial"),
    "B34": ((f("neuro_deficit", "weakness"),), "intrathecal"),
    "B35": ((f("injection_site_reaction", "hot"),), "intra_articular"),
    "B36": ((f("vision_change", "floaters"),), "facial"),
}

MODIFIED = {
    "B12": ["heart_rate_abnormal", "palpitations"],
    "B20": ["injection_site_reaction"],
    "B21": ["donor_site_infection", "injection_site_infection", "injection_site_reaction", "superficial_thrombophlebitis", "urinary_symptoms"],
    "B23": ["dyspnea", "edema", "hypertension", "hypotension"],
    "B24": ["chest_pain", "deep_vein_thrombosis", "dyspnea", "edema", "superficial_thrombophlebitis"],
    "B27": ["confusion_drowsiness", "constipation", "diarrhoea", "dizziness_presyncope"],
    "B31.points": ["abdominal_pain", "donor_site_pain", "headache", "injection_site_reaction", "pain_other"],
}  # fmt: skip
