#if !NET
using System.Runtime.InteropServices;
#endif

namespace Ingest.Tracker;

/// <summary>On which system the program runs, in both frameworks.</summary>
internal static class Platform
{
#if NET
    public static bool IsWindows => OperatingSystem.IsWindows();

    public static bool IsLinux => OperatingSystem.IsLinux() || OperatingSystem.IsAndroid();

    public static bool IsApple => OperatingSystem.IsMacOS() || OperatingSystem.IsIOS() || OperatingSystem.IsTvOS();
#else
    public static bool IsWindows => RuntimeInformation.IsOSPlatform(OSPlatform.Windows);

    public static bool IsLinux => Is("LINUX") || Is("ANDROID");

    public static bool IsApple => Is("OSX") || Is("IOS") || Is("TVOS");

    private static bool Is(string name) => RuntimeInformation.IsOSPlatform(OSPlatform.Create(name));
#endif
}
