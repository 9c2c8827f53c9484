use tournament_core::{BaseFormat, Entity, Format, FormatFilter, GameSystem, RepositoryExt};

use crate::harness::Case;
use crate::{expect, fixture};

super::rows::row_cases!(Format);

fn named(number: u128, game_system: GameSystem, name: &str) -> Format {
    Format::new(name, game_system, BaseFormat::Constructed, "All").with_id(fixture::id(number))
}

pub(crate) async fn find_by_name_goes_by_game_and_name(case: &Case<'_>) {
    let formats = case.store.formats();
    let magic = named(1, GameSystem::MagicTheGathering, "Standard");
    let pokemon = named(2, GameSystem::Pokemon, "Standard");
    let both = [magic.clone(), pokemon.clone()];
    formats.create_many(&both).await.unwrap();
    for format in both {
        let found = formats.find_by_name(format.game_system, "Standard").await;
        assert_eq!(found.unwrap(), Some(format));
    }
    for (game_system, name) in
        [(GameSystem::NflFive, "Standard"), (GameSystem::Pokemon, "standard")]
    {
        let found = formats.find_by_name(game_system, name).await.unwrap();
        assert_eq!(found, None, "{game_system} {name}");
    }
}

pub(crate) async fn a_name_belongs_to_one_format_of_a_game(case: &Case<'_>) {
    let formats = case.store.formats();
    let magic = named(1, GameSystem::MagicTheGathering, "Standard");
    formats.create(&magic).await.unwrap();
    let again = named(2, GameSystem::MagicTheGathering, "Standard");
    expect::already_exists(formats.create(&again).await, Format::KIND, "name");
    expect::already_exists(formats.create_many(&[again]).await, Format::KIND, "name");
    let mut other = named(3, GameSystem::Pokemon, "Standard");
    formats.create(&other).await.unwrap();
    other.game_system = GameSystem::MagicTheGathering;
    expect::already_exists(formats.update(&other).await, Format::KIND, "name");
    let kept = formats.get(other.id).await.unwrap();
    assert_eq!(kept.game_system, GameSystem::Pokemon);
}

pub(crate) async fn lists_go_by_the_text_of_the_game_then_name(case: &Case<'_>) {
    let ordered = [
        named(9, GameSystem::CustomTcg, "Zulu"),
        named(5, GameSystem::MagicTheGathering, "Modern"),
        named(4, GameSystem::MagicTheGathering, "modern"),
        named(8, GameSystem::NflFive, "Classic"),
        named(1, GameSystem::Pokemon, "Expanded"),
        named(6, GameSystem::Pokemon, "Standard"),
        named(7, GameSystem::StarWarsUnlimited, "Premier"),
    ];
    let mut shuffled = ordered.to_vec();
    shuffled.reverse();
    case.store.formats().create_many(&shuffled).await.unwrap();
    let filter = FormatFilter::default();
    let listed = case.store.formats().list_all(&filter).await.unwrap();
    assert_eq!(listed, ordered);
}

pub(crate) async fn lists_can_be_of_one_game(case: &Case<'_>) {
    let rows = [
        named(1, GameSystem::Pokemon, "Standard"),
        named(2, GameSystem::Pokemon, "Expanded"),
        named(3, GameSystem::NflFive, "Classic"),
    ];
    case.store.formats().create_many(&rows).await.unwrap();
    let filter = FormatFilter::default().with_game_system(GameSystem::Pokemon);
    let listed = case.store.formats().list_all(&filter).await.unwrap();
    assert_eq!(listed, [rows[1].clone(), rows[0].clone()]);
    assert_eq!(case.store.formats().count(&filter).await.unwrap(), 2);
    let none = FormatFilter::default().with_game_system(GameSystem::CustomTcg);
    assert_eq!(case.store.formats().count(&none).await.unwrap(), 0);
}

pub(crate) async fn every_game_and_base_format_is_kept(case: &Case<'_>) {
    for (number, &game_system) in GameSystem::ALL.iter().enumerate() {
        for &base_format in BaseFormat::ALL {
            let name = format!("{number} {base_format}");
            let format = Format::new(name, game_system, base_format, "All");
            case.store.formats().create(&format).await.unwrap();
            assert_eq!(case.store.formats().get(format.id).await.unwrap(), format);
        }
    }
}
