namespace Ingest.Engine.Tests;

public sealed class ShipperPropertyTests
{
    [Fact]
    public void Bounds_order_and_breaker_hold_at_every_step_and_everything_ships_in_the_end() =>
        Property.HoldsForHistories(count: 1_000, length: 300, choices => new ShipperWorld(choices).Run());
}
