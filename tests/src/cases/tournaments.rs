use tournament_core::{
    RegistrationControl, RepositoryExt, Tournament, TournamentFilter, TournamentStatus, Visibility,
};

use crate::fixture::{self, at};
use crate::harness::Case;

super::rows::row_cases!(Tournament);

pub(crate) async fn lists_go_by_creation_then_id(case: &Case<'_>) {
    let blank = fixture::unstored_tournament(case.rows()).await;
    let made = |number, seconds| {
        let blank = blank.clone();
        blank.with_id(fixture::id(number)).with_created_at(at(seconds))
    };
    let microsecond = at(10) + chrono::Duration::microseconds(1);
    let ordered = [
        made(9, -7),
        made(3, 10),
        made(5, 10),
        made(1, 0).with_created_at(microsecond),
        made(2, 11),
    ];
    let mut shuffled = ordered.to_vec();
    shuffled.reverse();
    case.store.tournaments().create_many(&shuffled).await.unwrap();
    let filter = TournamentFilter::default();
    let listed = case.store.tournaments().list_all(&filter).await.unwrap();
    assert_eq!(listed, ordered);
}

/// One tournament that is unlike the others in each way that a filter knows, and the filter that
/// tells it from them by nothing else.
async fn told_apart(
    case: &Case<'_>,
    make_different: impl FnOnce(&mut Tournament, &Tournament),
    filter: impl FnOnce(&Tournament) -> TournamentFilter,
) {
    let usual = fixture::tournament(case.rows()).await;
    let other = fixture::tournament(case.rows()).await;
    let mut rows = [1, 2, 3].map(|number| usual.clone().with_id(fixture::id(number)));
    make_different(&mut rows[1], &other);
    case.store.tournaments().create_many(&rows).await.unwrap();
    case.store.tournaments().delete(other.id, None).await.unwrap();
    let filter = filter(&rows[1]);
    let listed = case.store.tournaments().list_all(&filter).await.unwrap();
    assert_eq!(listed, [rows[1].clone()], "{filter:?}");
    assert_eq!(case.store.tournaments().count(&filter).await.unwrap(), 1);
}

pub(crate) async fn lists_can_be_of_one_status(case: &Case<'_>) {
    told_apart(
        case,
        |row, _| row.status = TournamentStatus::InProgress,
        |row| TournamentFilter::default().with_status(row.status),
    )
    .await;
}

pub(crate) async fn lists_can_be_of_one_visibility(case: &Case<'_>) {
    told_apart(
        case,
        |row, _| row.visibility = Visibility::Private,
        |row| TournamentFilter::default().with_visibility(row.visibility),
    )
    .await;
}

pub(crate) async fn lists_can_be_of_one_format(case: &Case<'_>) {
    told_apart(
        case,
        |row, other| row.format_id = other.format_id,
        |row| TournamentFilter::default().with_format(row.format_id),
    )
    .await;
}

pub(crate) async fn lists_can_be_of_one_venue(case: &Case<'_>) {
    told_apart(
        case,
        |row, other| row.venue_id = other.venue_id,
        |row| TournamentFilter::default().with_venue(row.venue_id),
    )
    .await;
}

pub(crate) async fn lists_can_be_of_one_organiser(case: &Case<'_>) {
    told_apart(
        case,
        |row, other| row.created_by = other.created_by,
        |row| TournamentFilter::default().with_organiser(row.created_by),
    )
    .await;
}

pub(crate) async fn filters_combine(case: &Case<'_>) {
    let usual = fixture::tournament(case.rows()).await;
    let other = fixture::tournament(case.rows()).await;
    let target = usual
        .clone()
        .with_id(fixture::id(1))
        .with_status(TournamentStatus::Completed)
        .with_visibility(Visibility::Private);
    let mut rows = vec![target.clone()];
    for number in 2..=6 {
        // Each differs from the target in one way.
        let mut row = target.clone().with_id(fixture::id(number));
        match number {
            2 => row.status = TournamentStatus::Draft,
            3 => row.visibility = Visibility::Public,
            4 => row.format_id = other.format_id,
            5 => row.venue_id = other.venue_id,
            _ => row.created_by = other.created_by,
        }
        rows.push(row);
    }
    case.store.tournaments().create_many(&rows).await.unwrap();
    let filter = TournamentFilter::default()
        .with_status(TournamentStatus::Completed)
        .with_visibility(Visibility::Private)
        .with_format(target.format_id)
        .with_venue(target.venue_id)
        .with_organiser(target.created_by);
    let listed = case.store.tournaments().list_all(&filter).await.unwrap();
    assert_eq!(listed, [target]);
    assert_eq!(case.store.tournaments().count(&filter).await.unwrap(), 1);
}

pub(crate) async fn a_filter_by_what_is_absent_gives_nothing(case: &Case<'_>) {
    fixture::tournament(case.rows()).await;
    for filter in [
        TournamentFilter::default().with_format(fixture::id(1)),
        TournamentFilter::default().with_venue(fixture::id(0)),
        TournamentFilter::default().with_organiser(fixture::id(1)),
    ] {
        let listed = case.store.tournaments().list_all(&filter).await.unwrap();
        assert_eq!(listed, []);
        assert_eq!(case.store.tournaments().count(&filter).await.unwrap(), 0);
    }
}

pub(crate) async fn every_status_and_visibility_is_kept(case: &Case<'_>) {
    let blank = fixture::unstored_tournament(case.rows()).await;
    for &status in TournamentStatus::ALL {
        for &visibility in Visibility::ALL {
            let row = blank
                .clone()
                .with_id(tournament_core::Id::new())
                .with_status(status)
                .with_visibility(visibility);
            case.store.tournaments().create(&row).await.unwrap();
            assert_eq!(case.store.tournaments().get(row.id).await.unwrap(), row);
        }
    }
}

pub(crate) async fn stores_do_not_check_which_status_follows(case: &Case<'_>) {
    let mut row = fixture::tournament(case.rows()).await;
    for status in [TournamentStatus::Completed, TournamentStatus::Draft] {
        row.status = status;
        row = case.store.tournaments().update(&row).await.unwrap();
        assert_eq!(row.status, status);
    }
}

pub(crate) async fn registration_control_without_anything_is_kept(case: &Case<'_>) {
    let row = fixture::tournament(case.rows()).await;
    assert_eq!(row.registration, RegistrationControl::new());
    assert!(row.registration.allow_to_override, "it is true unless said");
    assert_eq!(case.store.tournaments().get(row.id).await.unwrap(), row);
}

pub(crate) async fn passwords_are_kept_to_the_letter(case: &Case<'_>) {
    let blank = fixture::unstored_tournament(case.rows()).await;
    let long = "🎲".repeat(200);
    for text in ["", " owl ", "e\u{301}", "é", "\"\\'\n\t\u{7f}", &long] {
        let control = RegistrationControl::new()
            .with_registration_password(text)
            .with_late_registration_password(text)
            .with_to_override_password(text);
        let row = blank.clone().with_id(tournament_core::Id::new()).with_registration(control);
        case.store.tournaments().create(&row).await.unwrap();
        let got = case.store.tournaments().get(row.id).await.unwrap();
        assert_eq!(got, row);
        let password = got.registration.registration_password.unwrap();
        assert_eq!(password.expose(), text);
    }
}
