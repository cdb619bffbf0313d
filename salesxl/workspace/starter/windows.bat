@echo off
rem salesxl starter: salesxl init writes this file anew unless this line is gone
setlocal EnableExtensions DisableDelayedExpansion
for /f "tokens=2 delims=:." %%c in ('chcp') do set "CODEPAGE=%%c"
chcp 65001 >nul
title salesxl
set "PYTHONUTF8=1"
set "PYTHONIOENCODING=utf-8"
pushd "%~dp0"
if errorlevel 1 goto nofolder

set "PROGRAM="
if exist "%APPDATA%\salesxl\program.txt" for /f "usebackq delims=" %%p in ("%APPDATA%\salesxl\program.txt") do set "PROGRAM=%%p"
if defined PROGRAM if exist "%PROGRAM%" goto known
where salesxl >nul 2>nul && goto onpath
if exist "%USERPROFILE%\.local\bin\salesxl.exe" goto tool
py -3 -c "import salesxl" >nul 2>nul && goto launcher
python -c "import salesxl" >nul 2>nul && goto python
uv tool run --offline salesxl --version >nul 2>nul && goto uv
goto missing

:known
"%PROGRAM%" -m salesxl desk . {options}
goto ended
:onpath
call salesxl desk . {options}
goto ended
:tool
"%USERPROFILE%\.local\bin\salesxl.exe" desk . {options}
goto ended
:launcher
py -3 -m salesxl desk . {options}
goto ended
:python
python -m salesxl desk . {options}
goto ended
:uv
uv tool run --offline salesxl desk . {options}
goto ended

:ended
set "RESULT=%errorlevel%"
if not "%RESULT%"=="0" call :failed
goto done
:missing
set "RESULT=2"
call :notfound
:done
popd
if defined CODEPAGE chcp %CODEPAGE% >nul
exit /b %RESULT%

:nofolder
echo {no_folder}
pause
exit /b 2
:failed
echo.
echo {failed}
pause
exit /b 0
:notfound
echo {missing}
pause
exit /b 0
