using System.Globalization;

namespace Ingest.Simulation;

/// <summary>What goes wrong between two regions, with one of them as a whole, and with the lever; and at the end, that all of it is mended.</summary>
internal sealed class RegionsNemesis(TwoRegions both, SimProcess stage)
{
    private Chance Chance => both.Simulation.Chance;

    /// <summary>Lets things go wrong for as long as planned; what it did last goes on until it is mended.</summary>
    public async Task RageAsync()
    {
        var chaos = both.Primary.Plan.Chaos;
        var end = both.Simulation.Now + chaos;
        if (both.Plan.IsPromoted)
            Later(chaos * Chance.Random.NextDouble(), both.Promote);
        both.Doubles = Chance.Of(0, 0.05, 0.3);
        while (both.Simulation.Now < end)
        {
            await Task.Delay(Chance.Skewed(both.Plan.FaultPauseMax / 100, both.Plan.FaultPauseMax), stage.Clock);
            Strike();
        }

        if (both.Plan.IsPromoted)
            both.Promote();
    }

    private void Strike()
    {
        var region = Chance.Of(both.Primary, both.Receiver);
        var watcher = Chance.OfList(both.Watchers);
        switch (Chance.Next(9))
        {
            case 0 or 1:
                For("the line between the regions is cut", () => both.Line.Loss = 1, () => both.Line.Loss = 0);
                break;
            case 2:
                For("the line between the regions loses a third of all", () => both.Line.Loss = 0.3, () => both.Line.Loss = 0);
                break;
            case 3:
                For($"{region.Region!.Name} is dark", () => Freeze(region), () => Thaw(region));
                break;
            case 4:
                For("the lever's checks say nothing", () => both.Lever.IsBlind = true, () => both.Lever.IsBlind = false);
                break;
            case 5:
                For($"the lever's checks do not reach {region.Region!.Name}", () => both.Lever.CutFrom = region.Region.Name, () => both.Lever.CutFrom = null);
                break;
            case 6:
                For($"{watcher.Process.Name} sees nothing", () => watcher.Blindness = 1, () => watcher.Blindness = 0);
                break;
            case 7:
                For($"{watcher.Process.Name} sees half of all", () => watcher.Blindness = 0.5, () => watcher.Blindness = 0);
                break;
            case 8:
                var share = Chance.OneIn(2) ? both.Plan.Normal[RegionsPlan.East] : Chance.Next(101);
                both.Lever.SetByHand(both.Plan.Normal.With(name => name == RegionsPlan.East ? share : 100 - share));
                break;
        }
    }

    private static void Freeze(World region)
    {
        foreach (var host in region.Hosts)
            host.Process.Freeze();
    }

    private static void Thaw(World region)
    {
        foreach (var host in region.Hosts.ToList())
            host.Process.Thaw();
    }

    /// <summary>Mends everything between the regions.</summary>
    public void Mend()
    {
        (both.Line.Loss, both.Doubles, both.Lever.IsBlind, both.Lever.CutFrom) = (0, 0, false, null);
        foreach (var watcher in both.Watchers)
            watcher.Blindness = 0;
        Thaw(both.Primary);
        Thaw(both.Receiver);
    }

    /// <summary>Something is wrong for a while.</summary>
    private void For(string what, Action begin, Action end)
    {
        var length = Chance.Skewed(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(3));
        both.Simulation.Note("nemesis", string.Create(CultureInfo.InvariantCulture, $"{what} for {length.TotalSeconds:F1} s"));
        begin();
        Later(length, end);
    }

    /// <summary>Does something after a while, unless everything was mended by then.</summary>
    private void Later(TimeSpan delay, Action action) => both.Simulation.Schedule(
        stage,
        delay,
        _ =>
        {
            if (!both.IsCalm)
                action();
        },
        null);
}
