namespace Ingest.Grains;

/// <summary>The reminder that wakes a grain which no process remembers. To be activated is all that most of them need.</summary>
internal static class WakeReminder
{
    private const string Name = "wake";

    /// <summary>Sees to it that the grain has one.</summary>
    /// <param name="grain">The grain, in its turn.</param>
    /// <param name="due">Until the first time.</param>
    /// <param name="period">Between two times.</param>
    public static async Task EnsureAsync(IGrainBase grain, TimeSpan due, TimeSpan period)
    {
        // One that is there stays: setting it anew would put off when it is due, with every silo that starts.
        if (await grain.GetReminder(Name) is null)
            await grain.RegisterOrUpdateReminder(Name, due, period);
    }

    /// <summary>Removes it, where there is one.</summary>
    public static async Task RemoveAsync(IGrainBase grain)
    {
        if (await grain.GetReminder(Name) is { } reminder)
            await grain.UnregisterReminder(reminder);
    }
}
